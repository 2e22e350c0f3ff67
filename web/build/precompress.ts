import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const worthIt = /\.(?:js|css|html|svg|json)$/;
const leastBytes = 1_024;

/** Writes `.br` and `.gz` beside every text that the build made: the server compresses nothing. */
export function precompress(): Plugin {
  return {
    name: 'esteira:precompress',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!worthIt.test(file)) continue;
        const bytes = readFileSync(join(dir, file));
        if (bytes.length < leastBytes) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(join(dir, `${file}.br`), brotliCompressSync(bytes, { params }));
        writeFileSync(join(dir, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
