import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `npm run bench -- <name> [options]`: every file beside this one is a benchmark, and its name is its name. */

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'run' && !name.includes('.'))
  .sort();
const [name = '', ...options] = process.argv.slice(2);
if (names.includes(name)) {
  const file = join(import.meta.dirname, `${name}.ts`);
  process.exitCode = spawnSync(process.execPath, [file, ...options], { stdio: 'inherit' }).status ?? 1;
} else {
  console.error(`Which one? npm run bench -- <${names.join('|')}> [options]`);
  process.exitCode = 2;
}
