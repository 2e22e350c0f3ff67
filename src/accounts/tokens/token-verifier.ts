import type { KeyObject } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';

/** Whose tokens stand for users, and what they must say. */
export interface TokenRules {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys: { readonly jwksUrl: string } | { readonly publicKey: KeyObject } | { readonly secret: string };
  /** Must be true in every token. */
  readonly emailVerifiedClaim: string | undefined;
  /** The workspace that everybody belongs to, or the claim that names it. */
  readonly tenant: { readonly id: string } | { readonly claim: string };
}

/** What a token says, once it is known to be true. */
export interface VerifiedToken {
  readonly subject: string;
  readonly tenantId: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly expiresAtMs: number;
}

/** @throws AppError UNAUTHENTICATED, or TOKEN_KEYS_UNAVAILABLE when the provider's keys cannot be had */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** Clocks differ. */
const clockToleranceSeconds = 5;
const fetchTimeoutMs = 5_000;
/** Unknown key ids make nobody ask the provider more often. */
const cooldownMs = 30_000;
const cacheMs = 10 * 60_000;
const maxKeySetBytes = 256 * 1024;

/**
 * Checks tokens of one provider: signature, by the algorithms of the configuration whatever the token says; issuer,
 * audience, expiry; and that the address was verified, where that is asked for.
 *
 * @see RFC 8725, JSON Web Token Best Current Practices
 */
export function createTokenVerifier(config: TokenRules): TokenVerifier {
  const getKey = keyGetter(config);
  const options = {
    algorithms: [...config.algorithms],
    issuer: config.issuer,
    audience: [...config.audiences],
    requiredClaims: ['sub', 'exp'],
    clockTolerance: clockToleranceSeconds,
  };
  return async (token) => {
    const { payload } = await jwtVerify(token, getKey, options).catch(refuse);
    const { sub: subject = '', exp = 0 } = payload;
    if (subject === '' || subject.length > 500) throw unauthenticated('The token names nobody.');
    if (config.emailVerifiedClaim !== undefined && claimOf(payload, config.emailVerifiedClaim) !== true) {
      throw unauthenticated('Your e-mail address is not verified. Verify it where you signed up, then sign in again.');
    }
    const tenantId = 'id' in config.tenant ? config.tenant.id : claimOf(payload, config.tenant.claim);
    if (typeof tenantId !== 'string' || !isId(tenantId))
      throw unauthenticated('The token names no workspace of this server.');
    return {
      subject,
      tenantId,
      email: textOf(payload['email']),
      name: textOf(payload['name']),
      expiresAtMs: exp * 1_000,
    };
  };
}

function keyGetter({ keys }: TokenRules): JWTVerifyGetKey {
  if ('publicKey' in keys) return async () => keys.publicKey;
  if ('secret' in keys) {
    const secret = Buffer.from(keys.secret);
    return async () => secret;
  }
  const keySet = createRemoteJWKSet(new URL(keys.jwksUrl), {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: cacheMs,
    [customFetch]: fetchBounded,
  });
  return (header, token) => keySet(header, token).catch(rethrow);
}

/** That there is no such key is about the token; anything else is about the way to the keys. */
function rethrow(error: unknown): never {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
  throw new AppError(
    'TOKEN_KEYS_UNAVAILABLE',
    'The keys of the identity provider cannot be had now. Try again later.',
    {
      cause: error,
    },
  );
}

/** The address is from the configuration; no redirect leads anywhere else. */
async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxKeySetBytes) throw new Error(`the key set is larger than ${maxKeySetBytes} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
}

function refuse(error: unknown): never {
  if (error instanceof AppError) throw error;
  if (error instanceof errors.JWTExpired) throw unauthenticated('The token has expired. Sign in again.', error);
  throw unauthenticated('The token is not valid.', error);
}

/** By its whole name, which may have dots, else as a path into objects. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value !== '' &&
    value.length <= 254 &&
    value.isWellFormed() &&
    !value.includes('\0')
    ? value
    : undefined;
}

function unauthenticated(detail: string, cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', detail, { cause });
}
