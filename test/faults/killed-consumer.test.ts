import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openPostgresQueue } from '#jobs/drivers/postgres/postgres-queue.ts';
import { openRedisQueue } from '#jobs/drivers/redis/redis-queue.ts';
import { freshDatabase, ownRedis } from '../support/servers.ts';

const drivers = [
  { driver: 'redis', open: openRedisQueue, url: () => ownRedis() },
  { driver: 'postgres', open: openPostgresQueue, url: async () => (await freshDatabase()).url },
];

for (const { driver, open, url: serverUrl } of drivers) {
  test(`kill -9 of a worker gives its job to another one (${driver})`, { timeout: 60_000 }, async (t) => {
    const url = await serverUrl();
    const queue = await open({ url, name: 'faults', onError: () => {} });
    t.after(() => queue.close());
    const id = randomUUID();
    await queue.add({ id, priority: 1 });

    const victim = spawn(process.execPath, [join(import.meta.dirname, 'endless-consumer.ts'), driver, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(victim.stdout), 'line')) as [string];
    assert.equal(line, id);
    const gone = once(victim, 'exit');
    victim.kill('SIGKILL');
    await gone;
    assert.equal((await queue.counts()).active, 1);

    const taken = Promise.withResolvers<string>();
    const killedMs = performance.now();
    await queue.consume(async (again) => taken.resolve(again), { concurrency: 1, lockDurationMs: 1_000 });
    assert.equal(await taken.promise, id);
    assert.ok(performance.now() - killedMs < 5_000); // its lock, and two looks at what stalled
  });
}
