import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { isId } from '#kernel/ids.ts';
import type { CredentialSource } from '../access.ts';
import { permissions } from '../permissions.ts';
import { noTenantId, type Principal } from '../principal.ts';

/** Whoever owns this process on this machine: the command line, which reads a token that nobody else can. */
export interface LocalOperator {
  readonly token: string;
  /** @returns undefined for requests from elsewhere, and for those that do not carry the token */
  authenticate(source: CredentialSource): Principal | undefined;
}

/** Names the workspace that the operator acts in; without it, there is none. */
export const operatorTenantHeader = 'x-esteira-tenant';

/** Nobody's: the machine's. No person and no row of one has it. */
export const operatorUserId = '00000000-0000-7000-8000-000000000003';

/** With a new token, which holds as long as the process does. */
export function createLocalOperator(): LocalOperator {
  const token = `operator_${randomBytes(32).toString('base64url')}`;
  const expected = digest(`Bearer ${token}`);
  return {
    token,
    authenticate({ headers, ip }) {
      const { authorization = '' } = headers;
      if (!authorization.startsWith('Bearer operator_') || !timingSafeEqual(digest(authorization), expected)) return;
      if (!isThisMachine(ip)) return;
      const tenantId = headers[operatorTenantHeader];
      return {
        tenantId: typeof tenantId === 'string' && isId(tenantId) ? tenantId : noTenantId,
        userId: operatorUserId,
        kind: 'local',
        credentialId: 'local-operator',
        permissions: new Set(permissions),
      };
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A server that listens on one address of this machine sees its own commands come from there. */
function isThisMachine(ip: string): boolean {
  const address = ip.replace(/^::ffff:/, '');
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return address.startsWith('127.') || address === '::1' || own.some((one) => one.address === address);
}
