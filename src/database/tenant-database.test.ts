import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';

const src = dirname(import.meta.dirname);

/**
 * In the rooms of those who act for somebody: the only files that may ask the database for rows of all tenants, and why.
 * Whoever is not here gets a `TenantDatabase`, or a transaction that it opened.
 */
const acrossTenants: Readonly<Record<string, string>> = {
  // Work is taken, held and ended for everybody, in the order of the line.
  'jobs/run-attempt.ts': 'a worker runs whoever’s job it has taken',
  'jobs/job-statements.ts': 'a worker ends attempts of many tenants together',
  'jobs/settle-job.ts': 'a worker gives back what it has taken',
  'jobs/take-jobs.ts': 'the line is one, with turns for all tenants',
  'jobs/lease.ts': 'a worker renews the leases of all that it runs',
  'jobs/line-depth.ts': 'how long the line is',
  'jobs/needed-results.ts': 'a worker finds and keeps what a job starts from, by its tenant',
  'jobs/reconciler.ts': 'whose worker has died goes back in line',
  'jobs/collector.ts': 'what is over is removed, and objects that no row refers to',
  'jobs/unreferenced.ts': 'objects that no row of anybody refers to',
  'jobs/scratch.ts': 'folders of attempts that are over',
  'jobs/job-watcher.ts': 'jobs that are waited for are looked up together; only whether they have ended is said',
  'jobs/pipelines/pipeline-advancer.ts': 'pipelines that could go on are looked for; each goes on as its tenant',
  'jobs/schedules/scheduler.ts': 'schedules that are due are looked for; their work is started as their tenant',
  // Whoever has an address that was signed asks as nobody.
  'jobs/find-output.ts': 'signed addresses of outputs',
  'jobs/shares/open-share.ts': 'signed addresses of shares',
  'assets/find-asset.ts': 'signed addresses of pictures',
  'assets/uploads/upload-index.ts': 'the library of uploads knows ids alone; what is late is looked for',
  'assets/direct/collect-staged.ts': 'what was not completed is removed',
  // Notes of all tenants become messages, in the order they were written.
  'webhooks/outbox.ts': 'notes become messages',
  'webhooks/dispatcher.ts': 'messages are sent',
  'webhooks/take-deliveries.ts': 'deliveries that are due are taken',
  'webhooks/settle-delivery.ts': 'what came of a try',
  'webhooks/retention.ts': 'old messages are removed',
  'webhooks/backlog.ts': 'how much waits',
  // What has changed is looked up once for all streams.
  'events/change-feed.ts': 'what has changed',
  'events/event-hub.ts': 'what has changed, to the streams of whose it is',
  'events/welcome.ts': 'how far back changes are known',
};

const rooms = ['api', 'jobs', 'assets', 'templates', 'webhooks', 'events'];

test('services that act for somebody cannot ask for rows without saying whose', () => {
  const paths = rooms.flatMap((room) => globSync(`${room}/**/*.ts`, { cwd: src })).filter((path) => !isOfTests(path));
  assert.ok(paths.length > 200);
  const found = paths.filter((path) => asksForAll.test(readFileSync(`${src}/${path}`, 'utf8')));
  assert.deepEqual(found.toSorted(), Object.keys(acrossTenants).toSorted());
});

/** The type by which a database is had that is nobody's. */
const asksForAll = /\bKysely<Database>|\bOpenDatabase\b/;

function isOfTests(path: string): boolean {
  return /\.(test|contract)\.ts$|(^|\/)(test-[^/]+|[a-z-]*stand-ins)\.ts$|\/(drivers|fixtures)\//.test(path);
}
