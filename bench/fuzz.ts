import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * `npm run bench -- fuzz [--requests 20000] [--seed n]`: the long run of `test/hostile/fuzz.test.ts`. Without a seed it is
 * another run each time; the seed is printed, and gives the same requests again.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const test = join(import.meta.dirname, '../test/hostile/fuzz.test.ts');
process.stdout.write(`seed ${values.seed}\n`);
const { status } = spawnSync(process.execPath, ['--test', test], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_REQUESTS: values.requests, FUZZ_SEED: values.seed },
});
process.exitCode = status ?? 1;
