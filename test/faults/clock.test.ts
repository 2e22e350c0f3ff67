import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measured } from '../support/fault-report.ts';
import { startFleet } from '../support/fleet.ts';
import { installWithApt } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { openWitness, suffixes } from './witness.ts';

// F21: the clock of a worker and of an API is set forward and back by an hour while they work, by libfaketime. Monotonic
// time goes on, as it does when a real clock is set.

const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const leaseMs = 4_000;

test('F21: clocks that are set forward and back by an hour', { timeout: 200_000 }, async () => {
  await using fleet = await startFleet('postgres', {
    program,
    apis: 1,
    workers: 1,
    env: { ESTEIRA_TEST: '1', ESTEIRA_LEASE_MS: `${leaseMs}` },
  });
  const offset = join(fleet.dir, 'offset');
  const setClock = async (text: string) => {
    await writeFile(`${offset}.new`, text);
    await rename(`${offset}.new`, offset);
  };
  await setClock('+0');
  const strange = {
    LD_PRELOAD: libfaketime(),
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_FORCE_MONOTONIC_FIX: '0',
  };
  const [api] = await Promise.all([fleet.add('api', strange), fleet.add('worker', strange)]);
  const clockOfApi = async () => Date.parse((await fetch(`${api.address}/livez`)).headers.get('date') ?? '');
  const witness = await openWitness(fleet);
  for (const [at, hours] of [+1, -1, 0].entries()) {
    const asked = suffixes(`f21 ${at}`, 8).map((suffix) => witness.copy(suffix, { runsMs: 1_000 }));
    await Promise.all(asked);
    await setClock(`${hours >= 0 ? '+' : ''}${hours}h`);
    await until(async () => assert.ok(Math.abs((await clockOfApi()) - Date.now() - hours * 3_600_000) < 60_000));
    await Promise.all(suffixes(`f21 ${at}, after`, 8).map((suffix) => witness.copy(suffix, { runsMs: 100 })));
  }
  await assertInvariants(fleet, witness);
  const attempts = await Promise.all(
    [...witness.jobs.keys()].map(
      async (id) => ((await (await fetch(`${fleet.address}/v1/jobs/${id}`)).json()) as { attempts: number }).attempts,
    ),
  );
  const repeated = attempts.filter((count) => count > 1).length;
  const row = {
    row: 'F21',
    fault: 'clocks of a worker and an API go +1 h, −1 h and back: jobs taken from their worker',
  };
  measured({ ...row, measured: repeated, unit: 'jobs', threshold: { atMost: 0 } });
});

function libfaketime(): string {
  const find = () => globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];
  return find() ?? installWithApt('faketime', find, 'nothing instead');
}
