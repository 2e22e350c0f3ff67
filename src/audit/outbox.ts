import type { Kysely } from 'kysely';
import { noTenantId } from '#accounts/principal.ts';
import type { Database } from '#database/schema.ts';
import { canonicalJson } from '#kernel/canonical-json.ts';
import { newId } from '#kernel/ids.ts';
import type { Act, Audit } from './audit.ts';

/** An act tells that something was done, not all of what was done with. */
const maxContentBytes = 16_384;
const maxAgentLength = 300;

/** Writes acts down together with what they tell of; `seal-acts.ts` gives them their place. */
export function auditOutbox(db: Kysely<Database>): Audit {
  return {
    async record(act, trx) {
      const { tenantId, action } = act;
      const tenant_id = tenantId === noTenantId ? null : tenantId;
      const row = { id: newId(), tenant_id, at: new Date(), action, content: contentOf(act) };
      await (trx ?? db).insertInto('audit_outbox').values(row).execute();
    },
  };
}

function contentOf({ by, subject, before, after, origin }: Act): string {
  const { ip, userAgent, requestId } = origin ?? {};
  const actor = by && { kind: by.kind, userId: by.userId, credentialId: by.credentialId };
  const from = origin && { ip, userAgent: userAgent?.slice(0, maxAgentLength), requestId };
  const whole = canonicalJson({ by: actor, subject, before, after, origin: from });
  if (Buffer.byteLength(whole) <= maxContentBytes) return whole;
  const id = subject.id.slice(0, maxAgentLength);
  return canonicalJson({ by: actor, subject: { ...subject, id }, after: { tooLong: true }, origin: from });
}
