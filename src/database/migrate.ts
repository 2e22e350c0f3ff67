import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import * as foundations from './migrations/0001-foundations.ts';
import * as batchesAndTemplates from './migrations/0002-batches-and-templates.ts';
import * as signedUrls from './migrations/0003-signed-urls.ts';
import * as neededResults from './migrations/0004-needed-results.ts';
import * as lineAndChanges from './migrations/0005-line-and-changes.ts';
import * as uploads from './migrations/0006-uploads.ts';
import * as webhooks from './migrations/0007-webhooks.ts';
import * as pipelinesAndSchedules from './migrations/0008-pipelines-and-schedules.ts';
import * as jobFunctions from './migrations/0009-job-functions.ts';
import * as shares from './migrations/0010-shares.ts';
import * as identity from './migrations/0011-identity.ts';
import * as access from './migrations/0012-access.ts';
import * as rowSecurity from './migrations/0013-row-security.ts';
import * as plansAndUsage from './migrations/0014-plans-and-usage.ts';
import * as limits from './migrations/0015-limits.ts';
import * as audit from './migrations/0016-audit.ts';
import * as privacy from './migrations/0017-privacy.ts';
import type { Database } from './schema.ts';

/** In order; a name that has run anywhere never changes, and what it did is changed only by a later one. */
const migrations: Record<string, Migration> = {
  '0001-foundations': foundations,
  '0002-batches-and-templates': batchesAndTemplates,
  '0003-signed-urls': signedUrls,
  '0004-needed-results': neededResults,
  '0005-line-and-changes': lineAndChanges,
  '0006-uploads': uploads,
  '0007-webhooks': webhooks,
  '0008-pipelines-and-schedules': pipelinesAndSchedules,
  '0009-job-functions': jobFunctions,
  '0010-shares': shares,
  '0011-identity': identity,
  '0013-row-security': rowSecurity,
  '0012-access': access,
  '0014-plans-and-usage': plansAndUsage,
  '0015-limits': limits,
  '0016-audit': audit,
  '0017-privacy': privacy,
};

/**
 * Brings the tables up to date. Safe to call from many processes at once: one migrates, the others wait. Migrations only
 * expand, so tables that a newer version has changed will do: a process of this version may start beside it.
 *
 * @throws whatever a migration threw; all of them run in one transaction, so nothing is left half done
 */
export async function migrate(db: Kysely<Database>): Promise<void> {
  for (;;) {
    const done = await namesOfDone(db);
    const ofNewer = done.filter((name) => !(name in migrations)).map((name) => [name, nothing]);
    const all = { ...migrations, ...Object.fromEntries(ofNewer) };
    const migrator = new Migrator({ db, provider: { getMigrations: async () => all } });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    // Unless a newer version has just migrated.
    if ((await namesOfDone(db)).length === done.length) throw error;
  }
}

const nothing: Migration = { up: async () => {} };

async function namesOfDone(db: Kysely<Database>): Promise<string[]> {
  const { rows: tables } = await sql`select where to_regclass('kysely_migration') is not null`.execute(db);
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
}
