import type { ActOrigin } from '#audit/audit.ts';
import type { Principal } from './principal.ts';

/** Who does something that goes on record, and from where. */
export interface Acting {
  readonly principal: Principal;
  readonly origin?: ActOrigin | undefined;
}
