import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localPrincipal } from '#accounts/local-access.ts';
import type { Act } from '#audit/audit.ts';
import type { OpenDatabase } from '#database/database.ts';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { openPostgresFanOut } from '#events/drivers/postgres/postgres-fan-out.ts';
import type { FanOut } from '#events/fan-out.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/servers.ts';
import { until } from '../../test/support/until.ts';
import { type LimitModes, openLimitModes } from './limit-modes.ts';

let fresh: FreshDatabase;
let database: OpenDatabase;
let fanOuts: FanOut[];
before(async () => {
  fresh = await freshDatabase();
  database = await openPostgresDatabase({ url: fresh.url });
  fanOuts = [await openPostgresFanOut({ url: fresh.url }), await openPostgresFanOut({ url: fresh.url })];
});
after(async () => {
  await Promise.all(fanOuts.map((fanOut) => fanOut.close()));
  await database.close();
  await fresh.drop();
});

const acts: Act[] = [];

/** As another process would. */
async function open(at: number): Promise<{ modes: LimitModes; told: string[] }> {
  const fanOut = fanOuts[at];
  if (fanOut === undefined) throw new Error('there are two');
  const told: string[] = [];
  const modes = await openLimitModes({
    db: database.db,
    fanOut,
    audit: { record: async (act) => void acts.push(act) },
    onChange: ({ mode }) => void told.push(mode),
    onError: (error) => assert.ifError(error),
  });
  after(() => modes.close());
  return { modes, told };
}

test('what one process is told, all follow; limits are a quarter then, and never nothing', async () => {
  const [one, two] = [await open(0), await open(1)];
  assert.deepEqual(one.modes.current(), { mode: 'normal', until: null });
  assert.equal(two.modes.allowed(100), 100);
  await one.modes.change({ principal: localPrincipal }, { mode: 'aggressive', until: null });
  assert.equal(one.modes.allowed(100), 25);
  await until(() => assert.equal(two.modes.allowed(100), 25), 5_000);
  assert.equal(two.modes.allowed(3), 1);
  assert.deepEqual([one.told, two.told], [['aggressive'], ['aggressive']]);
  assert.equal((await open(0)).modes.current().mode, 'aggressive', 'who starts later knows it');
  await two.modes.change(null, { mode: 'normal', until: null });
  await until(() => assert.equal(one.modes.allowed(100), 100), 5_000);
});

test('it ends by itself', async () => {
  const { modes } = await open(0);
  await modes.change(null, { mode: 'aggressive', until: new Date(Date.now() + 300) });
  assert.equal(modes.current().mode, 'aggressive');
  await until(() => assert.equal(modes.current().mode, 'normal'), 5_000);
  assert.equal(modes.allowed(100), 100);
});

test('each change is on record, with who made it and what there was before', async () => {
  acts.length = 0;
  const { modes } = await open(0);
  const end = new Date(Date.now() + 60_000);
  await modes.change({ principal: localPrincipal, origin: { ip: '127.0.0.1' } }, { mode: 'aggressive', until: end });
  await modes.change(null, { mode: 'normal', until: null });
  assert.deepEqual(
    acts.map(({ by, action, before: was, after: is }) => [by?.userId, action, was?.['mode'], is?.['mode']]),
    [
      [localPrincipal.userId, 'limits.changed', 'normal', 'aggressive'],
      [undefined, 'limits.changed', 'aggressive', 'normal'],
    ],
  );
  assert.equal(acts[0]?.after?.['until'], end.toISOString());
});
