import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import { type EraseDeps, erase } from './erase.ts';
import { ownedAlone } from './last-owner.ts';
import type { Scope } from './privacy.ts';

/** Whoever is silent for so long is taken for dead, and another one goes on. */
const leaseSeconds = 300;

interface Due {
  readonly id: string;
  readonly scope: Scope;
  readonly tenant_id: string | null;
  readonly person_id: string | null;
}

/** Does what is due, one erasure after the other; workspaces before people. @returns how many were done */
export async function runErasures(deps: EraseDeps & { readonly log: Logger }): Promise<number> {
  for (let done = 0; ; done++) {
    const due = await claim(deps.db);
    if (due === undefined) return done;
    await runOne(deps, due);
  }
}

async function runOne(
  deps: EraseDeps & { readonly log: Logger },
  { id, scope, tenant_id, person_id }: Due,
): Promise<void> {
  const { db, log } = deps;
  const subject = scope === 'tenant' ? tenant_id : person_id;
  if (subject === null) return await finish(db, id, 'done');
  if (scope === 'me' && (await ownedAlone(db, subject)).length > 0) {
    log.warn({ erasure: id }, 'an erasure waits: the person is the last owner of a workspace');
    return await finish(db, id, 'blocked');
  }
  const startedAt = performance.now();
  await erase(deps, scope, subject, () => renew(db, id));
  await finish(db, id, 'done');
  log.info({ erasure: id, scope, milliseconds: Math.round(performance.now() - startedAt) }, 'erased');
}

async function claim(db: Kysely<Database>): Promise<Due | undefined> {
  const { rows } = await sql<Due>`
    update erasures set status = 'running', lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = (
      select id from erasures
      where status in ('pending', 'running') and due_at <= now() and (lease_until is null or lease_until < now())
      order by scope desc, due_at limit 1 for update skip locked)
    returning id, scope, tenant_id, person_id`.execute(db);
  return rows[0];
}

async function renew(db: Kysely<Database>, id: string): Promise<void> {
  const { rows } = await sql`
    update erasures set lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${id} and status = 'running' returning id`.execute(db);
  if (rows.length === 0) throw new Error(`erasure ${id} is no longer running`);
}

/** What is done says no more whose it was, except who asked for a workspace's. */
async function finish(db: Kysely<Database>, id: string, status: 'done' | 'blocked'): Promise<void> {
  await sql`
    update erasures set status = ${status}, lease_until = null,
      finished_at = case when ${status} = 'done' then now() end,
      tenant_id = case when ${status} = 'done' then null else tenant_id end,
      person_id = case when ${status} = 'done' and scope = 'me' then null else person_id end
    where id = ${id}`.execute(db);
}
