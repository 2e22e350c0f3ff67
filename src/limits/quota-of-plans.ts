import { type Kysely, sql } from 'kysely';
import type { Plans } from '#accounts/plans/plan.ts';
import { planRefusal } from '#database/refusals.ts';
import type { Database } from '#database/schema.ts';
import { newId } from '#kernel/ids.ts';
import { nothingHeld, type Quota } from './quota.ts';

/** Longer than an upload takes; should its process die, the room is free again then. */
const heldSeconds = 3_600;

export function quotaOfPlans({ db, plans }: { readonly db: Kysely<Database>; readonly plans: Plans }): Quota {
  async function activePlan(tenantId: string) {
    const { plan, status } = await plans.of(tenantId);
    if (status === 'suspended') throw planRefusal('TENANT_SUSPENDED');
    return plan;
  }

  return {
    async uploadBytes(tenantId) {
      return (await activePlan(tenantId)).uploadBytes ?? Number.POSITIVE_INFINITY;
    },

    async hold(tenantId, sizeBytes) {
      const { uploadBytes, storedBytes } = await activePlan(tenantId);
      if (uploadBytes !== null && sizeBytes > uploadBytes) {
        throw planRefusal('UPLOAD_TOO_LARGE', { limit: 'uploadBytes', allowed: uploadBytes, requested: sizeBytes });
      }
      if (storedBytes === null) return nothingHeld;
      const id = newId();
      // A trigger refuses the row when there is no room.
      await db
        .insertInto('storage_reservations')
        .values({
          id,
          tenant_id: tenantId,
          size_bytes: sizeBytes,
          expires_at: sql<Date>`now() + ${heldSeconds}::int * interval '1 second'`,
        })
        .execute();
      // The asset's row has taken it away already, unless there is none; what is left ends by itself.
      const release = async () => {
        await db
          .deleteFrom('storage_reservations')
          .where('id', '=', id)
          .execute()
          .catch(() => undefined);
      };
      return { id, release };
    },
  };
}
