import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const compiler = join(import.meta.dirname, '../node_modules/assemblyscript/bin/asc.js');
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd', '--use', 'abort='];

/**
 * Compiles one kernel. It must hold no data of its own (no strings, no static arrays): all kernels share one memory.
 *
 * @param path of `name.as.ts`
 * @throws Error with the compiler's words
 */
export async function compileKernel(path: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'esteira-kernel-'));
  try {
    const outFile = join(folder, 'out.wasm');
    const args = [compiler, basename(path), '--outFile', outFile, ...flags];
    await promisify(execFile)(process.execPath, args, { cwd: dirname(path) });
    return await readFile(outFile);
  } finally {
    await rm(folder, { recursive: true });
  }
}
