import { openPostgresQueue } from '#jobs/drivers/postgres/postgres-queue.ts';
import { openRedisQueue } from '#jobs/drivers/redis/redis-queue.ts';

// A worker that takes one job and never ends it. Prints what it took.
const [driver, url = ''] = process.argv.slice(2);
const open = driver === 'redis' ? openRedisQueue : openPostgresQueue;
const queue = await open({ url, name: 'faults', onError: () => {} });
await queue.consume(
  (id) => {
    process.stdout.write(`${id}\n`);
    return new Promise(() => {});
  },
  { concurrency: 1, lockDurationMs: 1_000 },
);
