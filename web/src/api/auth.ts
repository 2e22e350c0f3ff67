import { request } from './client.ts';

/** What the sign-in needs besides: nothing, or a code of the second factor. */
export interface SignedIn {
  readonly twoFactorRedirect?: boolean;
}

export interface Session {
  readonly id: string;
  /** What it is ended by. */
  readonly token: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  readonly current?: boolean;
}

export interface Passkey {
  readonly id: string;
  readonly name?: string | null;
  readonly createdAt?: string | null;
}

export interface TwoFactorStart {
  /** `otpauth://…`, for the QR code. */
  readonly totpURI: string;
  readonly backupCodes: readonly string[];
}

const post = <T>(path: string, json: unknown = {}): Promise<T> => request(`/v1/auth/${path}`, { method: 'POST', json });

export function setUp(administrator: {
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly workspace: string;
  /** Of the mails. */
  readonly language: string;
}): Promise<unknown> {
  return post('setup', administrator);
}

export function signIn(credentials: { readonly email: string; readonly password: string }): Promise<SignedIn> {
  return post('sign-in/email', credentials);
}

/** @returns where to go on: the page of the other place */
export function signInElsewhere(by: {
  readonly providerId: string;
  readonly callbackURL: string;
  readonly invitationToken?: string;
}): Promise<{ readonly url: string }> {
  return post('sign-in/oauth2', { ...by, errorCallbackURL: '/sign-in' });
}

export function signUp(person: {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly invitationToken?: string;
  readonly language: string;
}): Promise<{ readonly confirmEmail?: boolean }> {
  return post('sign-up/email', person);
}

export function signOut(): Promise<unknown> {
  return post('sign-out');
}

export function verifySecondFactor(code: string, kind: 'app' | 'backup', trustDevice: boolean): Promise<unknown> {
  return post(kind === 'app' ? 'two-factor/verify-totp' : 'two-factor/verify-backup-code', { code, trustDevice });
}

export function requestPasswordReset(email: string): Promise<unknown> {
  return post('request-password-reset', { email });
}

export function resetPassword(token: string, newPassword: string): Promise<unknown> {
  return post('reset-password', { token, newPassword });
}

export function changePassword(passwords: {
  readonly currentPassword: string;
  readonly newPassword: string;
}): Promise<unknown> {
  return post('change-password', passwords);
}

export function changeProfile(changes: { readonly name?: string; readonly language?: string }): Promise<unknown> {
  return post('update-user', changes);
}

export function sendVerificationEmail(email: string): Promise<unknown> {
  return post('send-verification-email', { email });
}

export function chooseTenant(tenantId: string): Promise<unknown> {
  return post('tenant', { tenantId });
}

export function listSessions(signal?: AbortSignal): Promise<readonly Session[]> {
  return request('/v1/auth/list-sessions', { signal });
}

export function endSession(token: string): Promise<unknown> {
  return post('revoke-session', { token });
}

export function endOtherSessions(): Promise<unknown> {
  return post('revoke-other-sessions');
}

export function startTwoFactor(password: string): Promise<TwoFactorStart> {
  return post('two-factor/enable', { password });
}

export function confirmTwoFactor(code: string): Promise<unknown> {
  return post('two-factor/verify-totp', { code });
}

export function endTwoFactor(password: string): Promise<unknown> {
  return post('two-factor/disable', { password });
}

export function newBackupCodes(password: string): Promise<Pick<TwoFactorStart, 'backupCodes'>> {
  return post('two-factor/generate-backup-codes', { password });
}

export function listPasskeys(signal?: AbortSignal): Promise<readonly Passkey[]> {
  return request('/v1/auth/passkey/list-user-passkeys', { signal });
}

export function removePasskey(id: string): Promise<unknown> {
  return post('passkey/delete-passkey', { id });
}

/**
 * Makes a key on this device, or on one that the browser knows of, and tells the server of it.
 *
 * @param name what it is called in the list
 * @throws DOMException NotAllowedError when its owner did not want it after all
 */
export async function addPasskey(name: string): Promise<void> {
  const options = await request<PublicKeyCredentialCreationOptionsJSON>('/v1/auth/passkey/generate-register-options');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const response = await navigator.credentials.create({ publicKey });
  await post('passkey/verify-registration', { response: (response as PublicKeyCredential).toJSON(), name });
}

/** @throws DOMException NotAllowedError as above */
export async function signInWithPasskey(): Promise<void> {
  const options = await request<PublicKeyCredentialRequestOptionsJSON>(
    '/v1/auth/passkey/generate-authenticate-options',
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const response = await navigator.credentials.get({ publicKey });
  await post('passkey/verify-authentication', { response: (response as PublicKeyCredential).toJSON() });
}

export const canUsePasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
