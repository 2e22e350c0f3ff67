import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#accounts/principal.ts';
import { addressKey } from '#limits/address-key.ts';
import type { SignInLimits } from '#limits/sign-in-limits.ts';
import type { Api } from '../deps.ts';

/**
 * What only somebody who is signed in can do without saying a secret again; and what leads to an identity provider, which
 * has limits of its own.
 */
const harmless = new Set([
  'sign-in/oauth2',
  'passkey/verify-registration',
  'passkey/delete-passkey',
  'sign-out',
  'revoke-session',
  'revoke-other-sessions',
  'update-user',
  'tenant',
]);

/**
 * Counts every try to get in, before any password, code or token is looked at, and what has mail sent; by address and
 * by account.
 */
export function addSignInLimits(
  api: Api,
  limits: SignInLimits,
  principalOf: (request: FastifyRequest) => Principal,
): void {
  api.addHook('preHandler', async (request) => {
    if (isTry(request)) await limits.attempt(addressKey(request.ip), subjectOf(request));
    else if (request.method === 'POST' && request.routeOptions.url === '/v1/invitations')
      await limits.invitation(principalOf(request).userId);
  });
  api.addHook('onResponse', async (request, reply) => {
    const subject = reply.statusCode === 200 && isTry(request) ? subjectOf(request) : undefined;
    // Not yet, where a second factor is asked for.
    const isSignedIn = pathOf(request).endsWith('/sign-in/email') && hasSession(reply);
    if (subject === undefined || !isSignedIn) return;
    // Nobody waits for it, and nothing is lost but some of their next tries.
    await limits.succeeded(addressKey(request.ip), subject).catch(() => undefined);
  });
}

function isTry(request: FastifyRequest): boolean {
  const { method, routeOptions } = request;
  if (method !== 'POST' || routeOptions.url === undefined) return false;
  if (routeOptions.url === '/v1/invitations/open/:token/accept') return true;
  const [, path] = /^\/v1\/auth\/(.+)$/.exec(pathOf(request)) ?? [];
  return path !== undefined && !harmless.has(path);
}

function hasSession(reply: FastifyReply): boolean {
  return [reply.getHeader('set-cookie')].flat().some((cookie) => /session_token=[^;]/.test(`${cookie}`));
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

/** Whose account: the address that is signed in with; a second factor is about what its cookie stands for. */
function subjectOf({ body, headers }: FastifyRequest): string | undefined {
  const email = typeof body === 'object' && body !== null && 'email' in body ? body.email : undefined;
  return typeof email === 'string' ? email : headers.cookie;
}
