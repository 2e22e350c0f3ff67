import { mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Default } from 'typebox/value';
import { type StemsParams, stemsParams } from '../../src/processors/audio/stems/params.ts';
import { createRuntime } from '../../src/processors/audio/stems/run.ts';

/** Takes one WAV apart and prints what that took: `node run-once.ts file.wav format`. */

const [path = '', format = 'wav'] = process.argv.slice(2);
const scratchDir = mkdtempSync(join(tmpdir(), 'esteira-stems-'));
const startedMs = performance.now();
await createRuntime().run({
  inputs: [{ path, mediaType: 'audio/wav', sizeBytes: (await stat(path)).size }],
  needed: [],
  params: Default(stemsParams, { format }) as StemsParams,
  modelsDir: scratchDir,
  threads: 2,
  scratchDir,
  progress: () => {},
  log: () => {},
  signal: new AbortController().signal,
});
const wallSeconds = (performance.now() - startedMs) / 1_000;
rmSync(scratchDir, { recursive: true });
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({ wallSeconds, cpuSeconds: (user + system) / 1e6, maxRssMb: process.resourceUsage().maxRSS / 1_024 }),
);
