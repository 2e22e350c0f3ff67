import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileKernel } from './compile-kernel.ts';

const root = join(import.meta.dirname, '..');
const sources = globSync('src/**/*.as.ts', { cwd: root });

test('there are kernels', () => assert.ok(sources.length > 0));

for (const source of sources) {
  test(`${source} is what the committed .wasm was made of`, async () => {
    const compiled = await compileKernel(join(root, source));
    const committed = readFileSync(join(root, source.replace(/\.as\.ts$/, '.wasm')));
    assert.ok(compiled.equals(committed), 'run `node scripts/build-kernels.ts` and commit what it writes');
    // Data of its own would lie in the memory that all kernels share.
    const memory = new WebAssembly.Memory({ initial: 1 });
    const before = Buffer.from(memory.buffer.slice(0));
    await WebAssembly.instantiate(committed, { env: { memory } });
    assert.ok(Buffer.from(memory.buffer).equals(before));
  });
}
