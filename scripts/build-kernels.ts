import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernel } from './compile-kernel.ts';

/** Compiles every kernel (`*.as.ts`, AssemblyScript) to the `*.wasm` beside it. */

const root = join(import.meta.dirname, '..');
for (const source of globSync('src/**/*.as.ts', { cwd: root })) {
  const wasm = await compileKernel(join(root, source));
  writeFileSync(join(root, source.replace(/\.as\.ts$/, '.wasm')), wasm);
  console.log(`${source}: ${wasm.length} bytes`);
}
