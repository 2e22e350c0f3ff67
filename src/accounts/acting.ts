import type { Act, ActOrigin } from '#audit/audit.ts';
import type { Principal } from './principal.ts';

/** Who does something that goes on record, and from where. */
export interface Acting {
  readonly principal: Principal;
  readonly origin?: ActOrigin | undefined;
}

/** What they do, for the record. @param more what of it changed; and the tenant, where it is not the one they act in */
export function actOf(
  { principal, origin }: Acting,
  action: string,
  subject: Act['subject'],
  more: Partial<Pick<Act, 'tenantId' | 'before' | 'after'>> = {},
): Act {
  return { tenantId: principal.tenantId, by: principal, action, subject, origin, ...more };
}
