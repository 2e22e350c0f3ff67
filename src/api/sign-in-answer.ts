import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuthAnswer, AuthSource } from '#accounts/identity/auth-calls.ts';
import type { SignIn } from '#accounts/identity/sign-in.ts';
import { AppError } from '#kernel/errors.ts';
import type { RouteDeps } from './deps.ts';

export const PasswordSchema = Type.String({ minLength: 1, maxLength: 256 });
/** A page of this server. */
export const PagePathSchema = Type.String({ maxLength: 500, pattern: '^/([^/\\\\\\s].*)?$' });
export const NothingSchema = Type.Object({}, { additionalProperties: false });

/** @throws AppError NOT_FOUND where nobody signs in */
export function signInOf({ signIn }: Pick<RouteDeps, 'signIn'>): SignIn {
  if (signIn !== undefined) return signIn;
  throw new AppError('NOT_FOUND', 'Nobody signs in here: the server does not run with ESTEIRA_AUTH=accounts.');
}

export function sourceOf({ headers, ip }: FastifyRequest): AuthSource {
  return { headers, ip };
}

/** Gives the browser the cookies that it is to keep. */
export function keepCookies(reply: FastifyReply, setCookies: AuthAnswer['setCookies']): FastifyReply {
  return setCookies.length === 0 ? reply : reply.header('set-cookie', [...setCookies]);
}

/** Who is signed in, as a person; whoever owns the machine is none. @throws AppError FORBIDDEN */
export function personIn(deps: Pick<RouteDeps, 'resolveActor'>, request: FastifyRequest) {
  const principal = deps.resolveActor(request);
  if (principal.kind === 'user') return { personId: principal.userId, sessionId: principal.credentialId };
  throw new AppError('FORBIDDEN', 'Only a person who is signed in may do this; the command line may not.');
}
