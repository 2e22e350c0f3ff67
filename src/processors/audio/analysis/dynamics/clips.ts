import type { MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Dynamics } from '../analysis.ts';
import type { Hop } from '../hops.ts';
import { createPlaceList } from '../place-list.ts';
import type { Statistics, StatisticsKernel } from './statistics.ts';

type Clip = Dynamics['clips'][number];

interface Run {
  readonly startFrame: number;
  readonly channel: number;
  readonly value: number;
  samples: number;
  /** How far the wave came to get here. */
  readonly stepIn: number;
}

const mostClips = 100;
/** Flatness below has other reasons than the end of the scale. */
const leastLevel = 10 ** (-1 / 20);
/** A run counts when it is at the top of its side of its channel, give or take a rounding. */
const ofTop = 0.999;
/** A crest that is flat because samples are whole numbers is entered and left by a step or none. */
const roundedSteps = 2;
/** Levels that are kept apart before those that have fallen below the top are forgotten, at first. */
const fewLevels = 4_096;

/**
 * Clipping: three and more equal samples in a row at the top (or the bottom) of their channel, above −1 dBFS, that the
 * wave ran into or out of by more than two steps of 16 bits (or of the file's, where it has less).
 */
export function createClipMeter({ dsp, format }: MeasureSetup, kernel: StatisticsKernel) {
  const leastStep = roundedSteps * 2 ** (1 - Math.min(16, format.bitsPerSample ?? 16));
  const sides = format.layout.map(() => ({ above: createSide(), below: createSide() }));
  const open: (Run | undefined)[] = format.layout.map(() => undefined);

  function close(run: Run, stepOut: number): void {
    if (Math.max(run.stepIn, stepOut) <= leastStep) return;
    const side = run.value > 0 ? 'above' : 'below';
    sides[run.channel]?.[side].add(Math.abs(run.value), {
      startSeconds: run.startFrame / format.sampleRateHz,
      endSeconds: (run.startFrame + run.samples) / format.sampleRateHz,
      channel: run.channel,
      samples: run.samples,
    });
  }

  function scan(channel: number, { frames, startFrame, pointers }: Hop): void {
    const pointer = pointers[channel] ?? 0;
    /** The sample before is at 0. */
    const samples = dsp.floats(pointer - 4, frames + 1);
    const at = (frame: number) => samples[frame + 1] ?? 0;
    let run = open[channel];
    open[channel] = undefined;
    for (let frame = 0; ; ) {
      if (run !== undefined) {
        for (; frame < frames && at(frame) === run.value; frame++) run.samples++;
        if (frame === frames) {
          open[channel] = run;
          return;
        }
        close(run, Math.abs(at(frame) - run.value));
      }
      frame = kernel.plateau(pointer, frame, frames, leastLevel);
      if (frame === frames) return;
      const value = at(frame);
      run = { startFrame: startFrame + frame, channel, value, samples: 0, stepIn: Math.abs(value - at(frame - 1)) };
    }
  }

  return {
    add(hop: Hop, channel: number, { low, high }: Statistics): void {
      sides[channel]?.above.raise(high);
      sides[channel]?.below.raise(-low);
      if (open[channel] !== undefined || Math.max(high, -low) >= leastLevel) scan(channel, hop);
    },
    result(): Pick<Dynamics, 'clippedSamples' | 'clips'> {
      open.forEach((run) => {
        if (run !== undefined) close(run, Math.abs(run.value));
      });
      const results = sides.flatMap(({ above, below }) => [above.result(), below.result()]);
      const clips = createPlaceList<Clip>(mostClips, ({ samples }) => samples);
      for (const clip of results.flatMap((result) => result.clips)) clips.add(clip);
      return {
        clippedSamples: results.reduce((sum, { clippedSamples }) => sum + clippedSamples, 0),
        clips: clips.inOrder(),
      };
    },
  };
}

/** Positive or negative samples of one channel. Which runs are at the top is known only as the top is. */
function createSide() {
  let top = 0;
  let samplesByLevel = new Map<number, number>();
  let runs: { readonly level: number; readonly clip: Clip }[] = [];
  /** Grows with what is at the top: floats have 17,000 levels in that thousandth. */
  let mostLevels = fewLevels;

  function forgetLevels(): void {
    samplesByLevel = new Map([...samplesByLevel].filter(([level]) => level >= ofTop * top));
    mostLevels = Math.max(fewLevels, 2 * samplesByLevel.size);
  }

  function forgetRuns(): void {
    runs = runs
      .filter(({ level }) => level >= ofTop * top)
      .sort((a, b) => b.clip.samples - a.clip.samples)
      .slice(0, mostClips);
  }

  return {
    /** @param level that is reached */
    raise(level: number): void {
      top = Math.max(top, level);
    },
    add(level: number, clip: Clip): void {
      samplesByLevel.set(level, (samplesByLevel.get(level) ?? 0) + clip.samples);
      runs.push({ level, clip });
      if (runs.length >= 4 * mostClips) forgetRuns();
      if (samplesByLevel.size >= mostLevels) forgetLevels();
    },
    result() {
      forgetLevels();
      forgetRuns();
      const clippedSamples = [...samplesByLevel.values()].reduce((sum, samples) => sum + samples, 0);
      return { clippedSamples, clips: runs.map(({ clip }) => clip) };
    },
  };
}
