import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ffmpegPath } from '../test/support/audio/ffmpeg.ts';
import { writeTrack } from './audio/track.ts';
import { watchMemory } from './cutout/memory.ts';

/**
 * A full analysis, from a file to JSON through the command line and its worker, beside ffmpeg measuring loudness and true
 * peak alone, in turns; libraries on their share; stems against real time; memory, with `--long` also of three hours.
 */

const trackSeconds = 240;
const longSeconds = 3 * 3_600;
const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, long: { type: 'boolean' }, 'no-stems': { type: 'boolean' } },
});
const cli = join(import.meta.dirname, '..', 'bin', 'esteira.js');

await using opened = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-audio-'));
opened.defer(() => rm(dir, { recursive: true, force: true }));
const data = join(dir, 'data');
const track = join(dir, 'track.wav');
await writeTrack(track, trackSeconds);
console.log(`${trackSeconds} s, 44.1 kHz, stereo, 16 bit: ${((await stat(track)).size / 1e6).toFixed(1)} MB`);

const ffmpegArgs = ['-nostdin', '-v', 'error', '-i', track, '-filter_complex', 'ebur128=peak=true', '-f', 'null', '-'];
const ways: Readonly<Record<string, () => ChildProcess>> = {
  'ffmpeg ebur128=peak=true': () => spawn(ffmpegPath(), ffmpegArgs, { stdio: 'ignore' }),
  'esteira analyze --json': () => esteira('analyze', track, '--json'),
};
const secondsOf = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round <= Number(options.rounds); round++) {
  for (const [name, start] of Object.entries(ways)) secondsOf.get(name)?.push(await timed(start()));
}
// The first round reads files and compiles.
const [ffmpegSeconds = Number.NaN, ownSeconds = Number.NaN] = [...secondsOf.values()].map((all) =>
  median(all.slice(1)),
);
console.log(`ffmpeg ebur128=peak=true: ${ffmpegSeconds.toFixed(3)} s`);
console.log(
  `esteira analyze --json:   ${ownSeconds.toFixed(3)} s, ${(ownSeconds / ffmpegSeconds).toFixed(2)} of ffmpeg (goal ≤ 1.0)`,
);

const loop = join(import.meta.dirname, 'audio', 'library-loop.ts');
const shares = JSON.parse(execFileSync(process.execPath, [loop, track], { encoding: 'utf8' })) as Record<
  string,
  number
>;
for (const [name, seconds] of Object.entries(shares)) {
  console.log(`${name}: ${seconds.toFixed(2)} s, ${(seconds / ownSeconds).toFixed(1)} × our whole analysis`);
}
console.log(
  `memory of an analysis, 4 minutes: ${await peakOf(() => esteira('analyze', track, '--json'))} (goal ≤ 300 MB)`,
);

if (!options['no-stems']) {
  const stemSeconds = await timed(esteira('stems', track, '--json', '-o', join(dir, 'stems')));
  console.log(`stems: ${stemSeconds.toFixed(1)} s, ${(trackSeconds / stemSeconds).toFixed(1)} × real time (goal ≥ 5)`);
}
if (options.long) {
  const long = join(dir, 'long.wav');
  await writeTrack(long, longSeconds);
  const startMs = performance.now();
  const peak = await peakOf(() => esteira('analyze', long, '--json'));
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`memory of an analysis, 3 hours: ${peak} (goal ≤ 400 MB), ${seconds.toFixed(1)} s`);
}

function esteira(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...args, '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function timed(child: ChildProcess): Promise<number> {
  const startMs = performance.now();
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`a run ended with ${code}`);
  return (performance.now() - startMs) / 1_000;
}

/** Of the command and its worker together. */
async function peakOf(start: () => ChildProcess): Promise<string> {
  const child = start();
  const stop = watchMemory(child.pid ?? 0);
  await timed(child);
  const { residentBytes, proportionalBytes } = stop();
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return `${megabytes(residentBytes)} MB resident, ${megabytes(proportionalBytes)} MB with shared pages once`;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
