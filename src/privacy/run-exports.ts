import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { type ArchiveDeps, writeArchive } from './archive.ts';
import { personOf } from './erase.ts';
import { exportDays, type Scope } from './privacy.ts';
import { removeExport } from './privacy-service.ts';

export interface ExportDeps extends ArchiveDeps {
  /** Archives are written here before they go into the store; nobody else's. */
  readonly scratchDir: string;
  readonly log: Logger;
}

/** Whoever is silent for so long is taken for dead. */
const leaseSeconds = 600;
const renewMs = 60_000;

interface Asked {
  readonly id: string;
  readonly scope: Scope;
  readonly tenant_id: string | null;
  readonly person_id: string;
}

/** Makes what was asked for, one after the other, and removes what was kept long enough. @returns how many were made */
export async function runExports(deps: ExportDeps): Promise<number> {
  await removeExpired(deps);
  for (let made = 0; ; made++) {
    const asked = await claim(deps);
    if (asked === undefined) return made;
    await make(deps, asked);
  }
}

async function make(deps: ExportDeps, { id, scope, tenant_id, person_id }: Asked): Promise<void> {
  const { db, store, scratchDir, log } = deps;
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  const path = join(scratchDir, `${id}.${randomUUID()}`);
  const renewing = setInterval(() => void renew(deps, id).catch(() => undefined), renewMs);
  try {
    const whose =
      scope === 'me'
        ? await personOf(deps, person_id)
        : { id: tenant_id ?? '', email: '', tenantIds: [tenant_id ?? ''] };
    const { sha256, sizeBytes } = await writeArchive(deps, scope, whose, path);
    await store.putFile(sha256, path);
    await sql`
      update privacy_exports set status = 'ready', lease_until = null, sha256 = ${sha256}, size_bytes = ${sizeBytes},
        finished_at = now(), expires_at = now() + make_interval(days => ${exportDays})
      where id = ${id} and status = 'running'`.execute(db);
    log.info({ export: id, sizeBytes }, 'a copy of data is ready');
  } catch (err) {
    log.warn({ err, export: id }, 'a copy of data could not be made');
    await sql`
      update privacy_exports set status = 'failed', lease_until = null, finished_at = now(),
        expires_at = now() + make_interval(days => ${exportDays})
      where id = ${id} and status = 'running'`.execute(db);
  } finally {
    clearInterval(renewing);
    await rm(path, { force: true });
  }
}

async function claim({ db }: ExportDeps): Promise<Asked | undefined> {
  const { rows } = await sql<Asked>`
    update privacy_exports set status = 'running', lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = (
      select id from privacy_exports
      where status = 'queued' or status = 'running' and lease_until < now()
      order by created_at limit 1 for update skip locked)
    returning id, scope, tenant_id, person_id`.execute(db);
  return rows[0];
}

async function renew({ db }: ExportDeps, id: string): Promise<void> {
  await sql`
    update privacy_exports set lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${id} and status = 'running'`.execute(db);
}

async function removeExpired({ db }: ExportDeps): Promise<void> {
  const expired = await db
    .selectFrom('privacy_exports')
    .select('id')
    .where('expires_at', '<', sql<Date>`now()`)
    .limit(100)
    .execute();
  for (const { id } of expired) await db.transaction().execute((trx) => removeExport(trx, id));
}
