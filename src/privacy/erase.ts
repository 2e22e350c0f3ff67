import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Audit } from '#audit/audit.ts';
import { blankPerson, blankTenant } from '#audit/blank-entries.ts';
import { localTenantId } from '#database/local-tenant.ts';
import type { Whose } from './data-map.ts';
import { eraseObjects, type ObjectDeps } from './erase-objects.ts';
import { type EraseRowsDeps, eraseRows } from './erase-rows.ts';
import type { Scope } from './privacy.ts';

export interface EraseDeps extends EraseRowsDeps, ObjectDeps {
  readonly audit: Audit;
  /** Tells all processes whose sessions, keys and rights they know no more. */
  readonly forget: (ids: readonly string[]) => void;
  /** Lets go of what was deleted, where the database keeps it. */
  readonly scrub: () => Promise<void>;
  /** Nobody signs in: the one workspace that there is stays, empty. */
  readonly localMode: boolean;
}

/** Requests that were under way when the rights ended have ended by then, or will be found the next time. */
const settleMs = 1_200;
const maxPasses = 50;

/**
 * Removes a person, or a workspace, and all that is theirs: rows, bytes that nobody else has, what caches know, and their
 * traces on record. Can be broken off at any moment and begun again.
 *
 * @param alive called now and then; throws when somebody else has taken over
 */
export async function erase(deps: EraseDeps, scope: Scope, id: string, alive: () => Promise<void>): Promise<void> {
  const keep = deps.localMode && scope === 'tenant' && id === localTenantId;
  const whose = scope === 'me' ? await personOf(deps, id) : { id, email: '', tenantIds: [id] };
  const texts = scope === 'me' ? await namesOf(deps, id) : [];
  if (scope === 'tenant' && !keep)
    await deps.db.updateTable('tenants').set({ status: 'suspended' }).where('id', '=', id).execute();
  const known = await idsThatAreKnown(deps, scope, id);
  // Before what they are called is forgotten as well; and once more at the end.
  const blank = () => (scope === 'me' ? blankPerson(deps.db, { userId: id, texts }) : blankTenant(deps.db, id));
  await blank();
  // First what lets them in, so that nothing is added any more; then what was added before all processes had heard of it.
  for (let pass = 1; ; pass++) {
    const removed = await eraseRows(deps, scope, whose, keep);
    deps.forget([id, ...known]);
    await eraseObjects(deps);
    await alive();
    if (removed === 0 && pass > 1) break;
    if (pass === maxPasses) throw new Error(`something is added to ${scope} as fast as it is erased`);
    await sleep(settleMs);
  }
  if (scope === 'me') await forgetElsewhere(deps, whose);
  await deps.db
    .insertInto('erasure_tombstones')
    .values({ id_hash: tombstoneOf(scope, id), scope })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await blank();
  await deps.audit.record({
    tenantId: null,
    by: null,
    action: scope === 'me' ? 'person.erased' : 'tenant.erased',
    subject: { kind: 'tombstone', id: tombstoneOf(scope, id) },
  });
  await alive();
  await deps.scrub();
}

/** By what an erased person or workspace is found again in a copy from before, and by nobody else. */
export function tombstoneOf(scope: Scope, id: string): string {
  return createHash('sha256')
    .update(`${scope === 'me' ? 'person' : 'tenant'}:${id}`)
    .digest('hex');
}

export async function personOf({ db }: Pick<EraseDeps, 'db'>, id: string): Promise<Whose> {
  const person = await db.selectFrom('people').select('email').where('id', '=', id).executeTakeFirst();
  const { rows } = await sql<{ tenant_id: string }>`
    select tenant_id from members where user_id = ${id}
    union select tenant_id from assets where owner_id = ${id}
    union select tenant_id from jobs where owner_id = ${id}`.execute(db);
  return { id, email: person?.email ?? '', tenantIds: rows.map(({ tenant_id }) => tenant_id) };
}

/** What may stand in texts. A name so short that it is a word of others is not looked for. */
async function namesOf({ db }: EraseDeps, id: string): Promise<string[]> {
  const person = await db.selectFrom('people').select(['email', 'name']).where('id', '=', id).executeTakeFirst();
  return [person?.email, person?.name].filter((text) => text !== undefined && text.length > 3) as string[];
}

async function idsThatAreKnown({ db }: EraseDeps, scope: Scope, id: string): Promise<string[]> {
  const keys = db
    .selectFrom('api_keys')
    .select('id')
    .where(scope === 'me' ? 'created_by' : 'tenant_id', '=', id);
  const members = db.selectFrom('members').select('user_id as id').where('tenant_id', '=', id);
  const sessions = db.selectFrom('sessions').select('id').where('person_id', '=', id);
  const [own, others] = await Promise.all([keys.execute(), (scope === 'me' ? sessions : members).execute()]);
  return [...own, ...others].map((row) => row.id);
}

/** Where they are named by others: those who invited or made something are known by an id that leads nowhere now. */
async function forgetElsewhere({ db }: EraseDeps, { id, email }: Whose): Promise<void> {
  for (const table of ['rate_limits', 'request_counts'] as const) {
    await sql`delete from ${sql.table(table)} where position(${id} in key) > 0
      or (${email} <> '' and position(${email} in lower(key)) > 0)`.execute(db);
  }
  await db
    .updateTable('erasures')
    .set({ person_id: null })
    .where('person_id', '=', id)
    .where('scope', '=', 'tenant')
    .execute();
}
