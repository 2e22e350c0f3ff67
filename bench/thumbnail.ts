import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { JobJson } from '#api/job-json.ts';
import { completeParameters } from '#processors/parameters.ts';
import { loadProcessors } from '#processors/registry.ts';
import { startServerProgram } from '../test/support/program.ts';
import { makeScene, sceneKinds } from '../test/support/scenes.ts';
import { median } from './cutout/figures.ts';
import { apiEngine } from './thumbnail/api-engine.ts';
import { bareEngine } from './thumbnail/bare-engine.ts';
import { sandboxEngine } from './thumbnail/sandbox-engine.ts';
import { compressionOf, type Engine, type Task } from './thumbnail/task.ts';

/**
 * Composing with a mask that is known, and resizing, beside a script with nothing but sharp in as many processes.
 *
 *   npm run bench -- thumbnail [--rounds N] [--only compose|resize] [--json]
 */

const { values: options } = parseArgs({
  options: { rounds: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' } },
});
const rounds = Number(options.rounds ?? 6);
const workers = availableParallelism();
const photoCount = 24;
/** A product photograph of 2 MP to compose with, one of 6 MP to resize. */
const sizes = { compose: { widthPx: 1_632, heightPx: 1_224 }, resize: { widthPx: 3_000, heightPx: 2_000 } };

interface Figure {
  readonly engine: string;
  readonly perSecond: number;
  /** Median over the rounds, in each of which both had their turn. */
  readonly ofBare: number;
}

const resizeParams = (round: number) => ({
  widthPx: 512,
  heightPx: 512,
  format: 'jpeg',
  compression: compressionOf(round),
});
const thumbnailParams = (round: number) => ({
  canvas: { widthPx: 1_200, heightPx: 1_200 },
  background: { kind: 'colour', colour: '#ffffff' },
  products: [{ marginPercent: 6 }],
  output: { format: 'jpeg', compression: compressionOf(round) },
});

await using opened = new AsyncDisposableStack();
const workDir = await realpath(await mkdtemp(join(tmpdir(), 'esteira-bench-thumbnail-')));
opened.defer(() => rm(workDir, { recursive: true }));
const server = await startServerProgram(['--data', join(workDir, 'data')], {
  cwd: workDir,
  env: { ESTEIRA_LOG_LEVEL: 'error' },
});
opened.defer(async () => {
  await server.stop();
  process.stderr.write(server.stderr());
});
const processors = await loadProcessors();
const loadAverage = loadavg()[0] ?? 0;
const report: Partial<Record<keyof typeof sizes, Figure[]>> = {};
for (const kind of ['compose', 'resize'] as const) {
  if (options.only === undefined || options.only === kind) report[kind] = await bench(kind);
}
if (options.json) console.log(JSON.stringify(report, undefined, 2));
else {
  const [cpu] = cpus();
  console.log(`${cpu?.model}, ${workers} cores, Node ${process.version}, load ${loadAverage.toFixed(2)} at the start`);
  for (const [kind, figures] of Object.entries(report)) {
    const { widthPx, heightPx } = sizes[kind as keyof typeof sizes];
    console.log(
      `\n${kind}: ${photoCount} photos of ${((widthPx * heightPx) / 1e6).toFixed(1)} MP, ${rounds} rounds, ${workers} workers`,
    );
    for (const { engine, perSecond, ofBare } of figures) {
      console.log(`  ${engine.padEnd(28)} ${perSecond.toFixed(1).padStart(7)}/s  ${ofBare.toFixed(2)} × bare`);
    }
  }
}

async function bench(kind: keyof typeof sizes): Promise<Figure[]> {
  const dir = join(workDir, kind);
  await mkdir(dir);
  const files = await writePhotos(dir, kind);
  const name = kind === 'compose' ? 'image.thumbnail' : 'image.resize';
  const params = kind === 'compose' ? thumbnailParams : resizeParams;
  const processor = processors.get(name);
  if (processor === undefined) throw new Error(`${name} is not there`);

  const bare = bareEngine(kind, workers, dir);
  const alone = sandboxEngine(name, workers, dir, (round) => completeParameters(processor, params(round)));
  const api = apiEngine('API', server.address, workers, (_id, round) => ({ processor: name, params: params(round) }));
  const engines: Engine[] = [bare, alone, api];
  await api.upload(files);
  const masks = kind === 'compose' ? await masksOf(files, dir) : [];
  const task = (round: number): Task => ({ files, masks, round });
  for (const engine of engines) await engine.turn(task(14));

  const elapsedMs = engines.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, engine] of engines.entries()) elapsedMs[at]?.push(await engine.turn(task(round)));
  }
  for (const engine of engines) await engine.close();
  return engines.map(({ name: engine }, at) => {
    const own = elapsedMs[at] ?? [];
    const total = own.reduce((sum, ms) => sum + ms, 0);
    const ofBare = median(own.map((ms, round) => (elapsedMs[0]?.[round] ?? Number.NaN) / ms));
    return { engine, perSecond: (1_000 * files.length * rounds) / total, ofBare };
  });
}

async function writePhotos(dir: string, kind: keyof typeof sizes): Promise<string[]> {
  const size = sizes[kind];
  const kinds = sceneKinds.filter((each) => each !== 'empty');
  const files: string[] = [];
  for (let at = 0; at < photoCount; at++) {
    const scene = makeScene({
      seed: at + 1,
      kind: kinds[at % kinds.length] ?? 'soft-edge',
      widthPx: size.widthPx / 2,
      heightPx: size.heightPx / 2,
    });
    const raw = { width: scene.widthPx, height: scene.heightPx, channels: 3 as const };
    const path = join(dir, `photo-${at}.jpg`);
    const jpeg = sharp(scene.rgb, { raw })
      .resize(size.widthPx, size.heightPx, { kernel: 'cubic' })
      .jpeg({ quality: 92 });
    await writeFile(path, await jpeg.toBuffer());
    files.push(path);
  }
  return files;
}

/** As the server finds them; from then on it knows them. */
async function masksOf(files: readonly string[], dir: string): Promise<string[]> {
  const masks: string[] = [];
  for (const [at, file] of files.entries()) {
    const form = new FormData();
    form.set('file', await openAsBlob(file), 'photo.jpg');
    const asset = (await (await fetch(`${server.address}/v1/assets`, { method: 'POST', body: form })).json()) as {
      id: string;
    };
    const response = await fetch(`${server.address}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ processor: 'image.mask', inputs: [asset.id] }),
    });
    const job = (await response.json()) as JobJson;
    const mask = await fetch(new URL(job.outputs[0]?.url ?? '', server.address));
    const path = join(dir, `mask-${at}.png`);
    await writeFile(path, Buffer.from(await mask.arrayBuffer()));
    masks.push(path);
  }
  return masks;
}
