import { maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { MeasureBlock, MeasureSetup } from '#processors/shared/audio/measure.ts';

/**
 * Ten milliseconds of a recording: hop i is frames `round(i · sampleRateHz / 100)` to the next. Ten make a step of a
 * series.
 */
export interface Hop {
  readonly index: number;
  readonly startFrame: number;
  /** Less than the others have in the last one of a recording. */
  readonly frames: number;
  /** The recording ends inside. */
  readonly isPartial: boolean;
  /** Each channel's first sample of the hop; what surrounds it stands around it. Not aligned. */
  readonly pointers: readonly Pointer[];
}

export const hopsPerSecond = 100;
export const hopsPerStep = 10;

/** First frame of a hop. */
export function hopStart(index: number, sampleRateHz: number): number {
  return Math.round((index * sampleRateHz) / hopsPerSecond);
}

export interface Surroundings {
  /** Frames that can be read before each hop; zeros before the first. */
  readonly before: number;
  /** Frames that can be read after each hop; zeros after the last. */
  readonly after: number;
}

/**
 * Cuts blocks of any length into hops, so that what is measured does not depend on how a recording arrives.
 *
 * @param onHop called for each, in order; the samples are overwritten after it returns
 */
export function createHops(
  { dsp, format }: MeasureSetup,
  { before, after }: Surroundings,
  onHop: (hop: Hop) => void,
): { add(block: MeasureBlock): void; end(): void } {
  const { sampleRateHz } = format;
  const longest = Math.ceil(sampleRateHz / hopsPerSecond) + 1;
  const capacity = before + longest + after + maxBlockFrames;
  const buffers = format.layout.map(() => dsp.allocate(capacity));
  /** Frame of the recording that stands first in the buffers. */
  let base = -before;
  let filled = before;
  let index = 0;

  function give(frames: number, isPartial: boolean): void {
    const startFrame = hopStart(index, sampleRateHz);
    const pointers = buffers.map((buffer) => buffer + (startFrame - base) * 4);
    onHop({ index, startFrame, frames, isPartial, pointers });
    index++;
  }

  function giveComplete(): void {
    for (;;) {
      const [start, end] = [hopStart(index, sampleRateHz), hopStart(index + 1, sampleRateHz)];
      if (end + after > base + filled) return;
      give(end - start, false);
    }
  }

  /** Room for more, by moving what is still needed to the front. */
  function compact(): void {
    const from = hopStart(index, sampleRateHz) - before - base;
    for (const buffer of buffers) dsp.floats(buffer, filled).copyWithin(0, from);
    base += from;
    filled -= from;
  }

  return {
    add({ pointers, frames }) {
      for (let done = 0; done < frames; ) {
        if (filled === capacity) compact();
        const count = Math.min(frames - done, capacity - filled);
        buffers.forEach((buffer, channel) => {
          const source = (pointers[channel] ?? 0) + done * 4;
          dsp.floats(buffer + filled * 4, count).set(dsp.floats(source, count));
        });
        filled += count;
        done += count;
        giveComplete();
      }
    },
    end() {
      const frames = base + filled;
      compact();
      for (const buffer of buffers) dsp.floats(buffer, capacity).fill(0, filled);
      filled += after;
      giveComplete();
      const rest = frames - hopStart(index, sampleRateHz);
      if (rest > 0) give(rest, true);
    },
  };
}
