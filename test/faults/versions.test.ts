import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measured } from '../support/fault-report.ts';
import { startFleet } from '../support/fleet.ts';
import { runSql } from '../support/servers.ts';
import { assertInvariants } from './invariants.ts';
import { each, openWitness, suffixes } from './witness.ts';

// F27: a version and the one before it run side by side, over tables that the newer one has changed.

const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const folder = fileURLToPath(new URL('../../src/database/migrations/', import.meta.url));
/** The last that was written before anybody had to be able to run beside it. */
const lastBefore = '0009-job-functions.ts';

/** What takes something from a version that does not know of the migration. */
const contractions: readonly (readonly [string, RegExp])[] = [
  ['drops', /\bdrop\s+(table|column|view|function|type|constraint|schema)\b|\.drop(Table|Column|View|Constraint)\(/i],
  ['renames', /\brename\s+(to|column|constraint)\b|\.rename(To|Column)\(/i],
  ['changes a type', /\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b|\.setDataType\(/i],
  ['begins to refuse nulls', /\bset\s+not\s+null\b|\.setNotNull\(/i],
  [
    'adds a column that must be filled',
    /\badd\s+column\b(?:(?!\bdefault\b)[^;`,])*\bnot\s+null\b(?![^;`,]*\bdefault\b)/i,
  ],
];

describe('a version and the one before it', { timeout: 120_000 }, () => {
  test('the patterns know what contracts', () => {
    const bad = [
      'drop table jobs',
      'alter table jobs drop column title',
      'alter table jobs rename to work',
      'alter table jobs alter column title type integer',
      'alter table jobs alter column title set not null',
      'alter table jobs add column title text not null',
    ];
    const good = [
      'create table things (id uuid primary key, title text not null)',
      "alter table jobs add column title text not null default ''",
      'alter table jobs add column title text',
      'drop index jobs_title',
      'create or replace function add_job(new_job jsonb) returns setof jobs',
    ];
    assert.deepEqual(
      bad.filter((text) => contractionsIn(text).length === 0),
      [],
    );
    assert.deepEqual(
      good.filter((text) => contractionsIn(text).length > 0),
      [],
    );
  });

  test('migrations only expand', async () => {
    const names = (await readdir(folder)).filter((name) => /^\d{4}-.*\.ts$/.test(name)).sort();
    assert.ok(names.includes(lastBefore));
    const found = names
      .filter((name) => name > lastBefore)
      .flatMap((name) => contractionsIn(readFileSync(join(folder, name), 'utf8')).map((what) => `${name} ${what}`));
    assert.deepEqual(found, []);
  });

  test('this version starts, and works, over tables of the next one', async () => {
    await using fleet = await startFleet('postgres', { program, apis: 1, workers: 1 });
    const witness = await openWitness(fleet);
    await each(suffixes('f27 before', 5), (suffix) => witness.copy(suffix));
    const url = fleet.engines['DATABASE_URL'] ?? '';
    await runSql(
      url,
      `insert into kysely_migration (name, timestamp) values ('9999-of-the-next-version', '${new Date().toISOString()}')`,
    );
    await runSql(url, "alter table jobs add column of_the_next_version text not null default 'something'");
    await runSql(url, 'alter table assets add column of_the_next_version text');
    await runSql(url, 'alter table job_outputs add column of_the_next_version integer not null default 7');
    await each(suffixes('f27 meanwhile', 5), (suffix) => witness.copy(suffix));
    await Promise.all([fleet.add('api'), fleet.add('worker')]);
    await each(suffixes('f27 after', 20), (suffix) => witness.copy(suffix), 4);
    await assertInvariants(fleet, witness);
    const row = { row: 'F27', fault: 'the next version has migrated: requests that this one refuses' };
    measured({ ...row, measured: witness.refusals.length, unit: 'answers', threshold: { atMost: 0 } });
  });
});

function contractionsIn(text: string): string[] {
  return contractions.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}
