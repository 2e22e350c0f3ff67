import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { startServerProgram } from '../test/support/program.ts';
import { type Answer, apiEngine, cutOut, type Engine, loopEngine, outputData } from './cutout/engines.ts';
import { intersectionOverUnion, mean, median, percentile } from './cutout/figures.ts';
import { higher, type MemoryPeak, watchMemory } from './cutout/memory.ts';
import { encodeCopy, loadPhotos, type Photo } from './cutout/photos.ts';
import { benchEmbedded, type QueueFigure } from './queue.ts';

/**
 * What a cut-out costs through the API, beside the library that its model comes with and beside the bare network, in
 * turns on one machine; how far the quicker qualities are from `best`; memory; and what an identical request takes.
 *
 *   npm run bench -- cutout [--photos DIR] [--quick] [--json]
 */

interface Speed {
  readonly name: string;
  readonly imagesPerMinute: number;
  /** Medians over the rounds, in each of which both had their turn. */
  readonly ofLibrary: number;
  readonly ofBareNetwork: number;
  readonly peak: MemoryPeak;
}

interface Likeness {
  readonly photo: string;
  readonly iou: number;
  readonly confidence: number;
  readonly looks: number;
}

interface Report {
  readonly machine: { cpu: string; cores: number; node: string; loadAverage: number };
  readonly photos: number;
  readonly speeds: readonly Speed[];
  readonly idle: MemoryPeak;
  readonly auto: { meanIou: number; leastIou: number; twice: number; each: readonly Likeness[] };
  readonly identical: { p50Ms: number; p95Ms: number };
  readonly queue: QueueFigure;
}

const qualities = ['best', 'auto', 'balanced', 'fast'] as const;
const warmUps = 2;
const identicalRequests = 200;

const { values: options } = parseArgs({
  options: { photos: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'boolean' } },
});
const photosDir = options.photos ?? process.env['ESTEIRA_BENCH_PHOTOS'];
const report = await benchCutout(photosDir, options.quick ? 1 : 4, options.quick ? 3 : 5);
console.log(options.json ? JSON.stringify(report, undefined, 2) : inWords(report));

async function benchCutout(dir: string | undefined, scenesOfEachKind: number, rounds: number): Promise<Report> {
  const [cpu] = cpus();
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  };
  const photos = await loadPhotos(dir, scenesOfEachKind);
  const workDir = await mkdtemp(join(tmpdir(), 'esteira-bench-cutout-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(workDir, { recursive: true }));
  const started = await startServerProgram(['--data', join(workDir, 'data')], {
    cwd: workDir,
    env: { ESTEIRA_LOG_LEVEL: 'error' },
  });
  opened.defer(async () => {
    await started.stop();
    process.stderr.write(started.stderr());
  });
  const server = { address: started.address, pid: started.process.pid ?? 0 };
  const idle = watchMemory(server.pid)();

  const answers = Object.fromEntries(qualities.map((quality) => [quality, [] as Answer[]]));
  const ours = qualities.map((quality) => apiEngine(server, quality, answers[quality] ?? []));
  const [first] = photos;
  if (!first) throw new Error('there are no photos');
  const warmUpCopies = await writeCopies(workDir, 'warm-up', Array(warmUps).fill(first));
  for (const engine of ours) await engine.turn(warmUpCopies);
  for (const quality of qualities) answers[quality]?.splice(0);

  // They come after ours, so that the bare loop finds the graph that the server has made from the weights.
  const library = loopEngine('its own library', new URL('./cutout/library-loop.ts', import.meta.url));
  opened.defer(() => library.close());
  const bare = loopEngine('bare network', new URL('./cutout/bare-loop.ts', import.meta.url), [
    join(workDir, 'data', 'models'),
  ]);
  opened.defer(() => bare.close());
  for (const engine of [library, bare]) await engine.turn(warmUpCopies);

  const speeds = await inTurns([library, bare, ...ours], photos, rounds, workDir);
  return {
    machine,
    photos: photos.length,
    speeds,
    idle,
    auto: await compareWithBest(server.address, photos, answers['best'] ?? [], answers['auto'] ?? []),
    identical: await identical(server.address, await encodeCopy(first, 1_000)),
    queue: await benchEmbedded(),
  };
}

/** A B C, A B C …: what the machine does meanwhile hits all alike. */
async function inTurns(
  engines: readonly Engine[],
  photos: readonly Photo[],
  rounds: number,
  workDir: string,
): Promise<Speed[]> {
  const perRound = Math.ceil(photos.length / rounds);
  const msPerImage = engines.map((): number[] => []);
  const totalMs = engines.map(() => 0);
  const peaks: (MemoryPeak | undefined)[] = engines.map(() => undefined);
  for (let round = 0; round < rounds; round++) {
    const some = photos.slice(round * perRound, (round + 1) * perRound);
    for (const [at, engine] of engines.entries()) {
      const files = await writeCopies(workDir, `engine ${at}`, some, at + warmUps);
      const memory = watchMemory(engine.pid);
      const elapsedMs = await engine.turn(files);
      peaks[at] = higher(peaks[at], memory());
      msPerImage[at]?.push(elapsedMs / some.length);
      totalMs[at] = (totalMs[at] ?? 0) + elapsedMs;
    }
  }
  const ratio = (to: number, at: number): number =>
    median(msPerImage[at]?.map((ms, round) => (msPerImage[to]?.[round] ?? Number.NaN) / ms) ?? []);
  return engines.map(({ name }, at) => ({
    name,
    imagesPerMinute: (60_000 * photos.length) / (totalMs[at] ?? Number.NaN),
    ofLibrary: ratio(0, at),
    ofBareNetwork: ratio(1, at),
    peak: peaks[at] ?? { residentBytes: 0, proportionalBytes: 0 },
  }));
}

/** Files called after their photos, in a folder for each purpose; no two with the same bytes. */
async function writeCopies(
  workDir: string,
  purpose: string,
  photos: readonly Photo[],
  copy?: number,
): Promise<string[]> {
  return await Promise.all(
    photos.map(async (photo, at) => {
      const file = join(workDir, `${purpose} ${copy === undefined ? at : ''} ${photo.name}.jpg`);
      await writeFile(file, await encodeCopy(photo, copy ?? at));
      return file;
    }),
  );
}

async function compareWithBest(
  address: string,
  photos: readonly Photo[],
  best: readonly Answer[],
  auto: readonly Answer[],
): Promise<Report['auto']> {
  const each: Likeness[] = [];
  for (const { name } of photos) {
    const [one, other] = [best, auto].map((answers) => answers.find(({ file }) => file.endsWith(` ${name}.jpg`)));
    if (!one || !other) throw new Error(`no answer for ${name}`);
    const { confidence, looks } = await outputData(address, other.jobId);
    each.push({
      photo: name,
      iou: intersectionOverUnion(await alphaOf(one.png), await alphaOf(other.png)),
      confidence: Number(confidence),
      looks: Number(looks),
    });
  }
  const ious = each.map(({ iou }) => iou);
  const twice = each.filter(({ looks }) => looks > 1).length;
  return { meanIou: mean(ious), leastIou: Math.min(...ious), twice, each };
}

async function alphaOf(png: Buffer): Promise<Buffer> {
  return await sharp(png).extractChannel('alpha').raw().toBuffer();
}

async function identical(address: string, photo: Buffer): Promise<Report['identical']> {
  await cutOut(address, 'fast', photo);
  const latenciesMs: number[] = [];
  for (let request = 0; request < identicalRequests; request++) {
    const startedMs = performance.now();
    const { cached } = await cutOut(address, 'fast', photo);
    latenciesMs.push(performance.now() - startedMs);
    if (!cached) throw new Error('an identical request was worked on again');
  }
  return { p50Ms: percentile(latenciesMs, 0.5), p95Ms: percentile(latenciesMs, 0.95) };
}

function inWords({ machine, photos, speeds, idle, auto, identical: same, queue }: Report): string {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}`;
  const memoryOf = (peak: MemoryPeak): string =>
    `${mebibytes(peak.residentBytes)} RSS, ${mebibytes(peak.proportionalBytes)} PSS`;
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadAverage.toFixed(2)} at the start`,
    `${photos} photos of about 1 MP`,
    '',
    `${'engine'.padEnd(18)}images/min  × library  × bare  peak MiB`,
    ...speeds.map(
      ({ name, imagesPerMinute, ofLibrary, ofBareNetwork, peak }) =>
        `${name.padEnd(18)}${imagesPerMinute.toFixed(1).padStart(10)}${ofLibrary.toFixed(2).padStart(11)}` +
        `${ofBareNetwork.toFixed(2).padStart(8)}  ${memoryOf(peak)}`,
    ),
    `server before its first model: ${memoryOf(idle)}`,
    '',
    `auto beside best: IoU ${auto.meanIou.toFixed(4)} on average, ${auto.leastIou.toFixed(4)} at least; ` +
      `${auto.twice} of ${photos} looked at twice`,
    ...auto.each.map(
      ({ photo, iou, confidence, looks }) =>
        `  ${photo.padEnd(22)} IoU ${iou.toFixed(4)}  confidence ${confidence.toFixed(3)}  looks ${looks}`,
    ),
    '',
    `identical request: p50 ${same.p50Ms.toFixed(1)} ms, p95 ${same.p95Ms.toFixed(1)} ms`,
    `embedded queue: ${Math.round(queue.jobsPerSecond)} jobs/s, pickup p95 ${queue.pickupP95Ms.toFixed(1)} ms`,
  ].join('\n');
}
