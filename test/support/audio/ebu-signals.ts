import type { Recording } from './measure-samples.ts';

/** Some seconds of a sine at a level of its peak. `null` is silence. */
export interface Tone {
  readonly seconds: number;
  readonly dbfs: number | null;
}

const amplitude = (dbfs: number | null) => (dbfs === null ? 0 : 10 ** (dbfs / 20));

/** One tone after the other, without a break in phase, the same in both channels. */
export function stereoTones(sampleRateHz: number, tones: readonly Tone[], toneHz = 1_000): Recording {
  const samples = toneSamples(sampleRateHz, tones, toneHz);
  return { sampleRateHz, channels: [samples, samples] };
}

export function toneSamples(sampleRateHz: number, tones: readonly Tone[], toneHz = 1_000): Float32Array {
  const step = (2 * Math.PI * toneHz) / sampleRateHz;
  const seconds = tones.reduce((sum, tone) => sum + tone.seconds, 0);
  const samples = new Float32Array(Math.round(seconds * sampleRateHz));
  let [end, frame] = [0, 0];
  for (const tone of tones) {
    end += tone.seconds;
    const peak = amplitude(tone.dbfs);
    for (; frame < Math.round(end * sampleRateHz); frame++) samples[frame] = peak * Math.sin(step * frame);
  }
  return samples;
}

/** What repeats. */
export function repeat<T>(times: number, items: readonly T[]): T[] {
  return Array.from({ length: times }, () => items).flat();
}

/** A sine of a fraction of the sample rate, for a second, with 10 ms of fade at both ends: Tech 3341, cases 15-19. */
export function peakTone(sampleRateHz: number, divisor: number, peak: number, phaseDegrees: number): Recording {
  const phase = (phaseDegrees * Math.PI) / 180;
  const samples = Float32Array.from({ length: sampleRateHz }, (_, frame) => {
    return peak * fade(frame, sampleRateHz, sampleRateHz) * Math.sin((2 * Math.PI * frame) / divisor + phase);
  });
  return { sampleRateHz, channels: [samples, samples] };
}

/**
 * A sine of a sixth of the sample rate and half of full scale, with one period of a fourth of the sample rate at full
 * scale in it: Tech 3341, cases 20-23. Made at four times the sample rate, low-passed at half the sample rate, and
 * decimated from a different sample on in each case.
 *
 * @param offset 0 … 3
 */
export function peakBurst(sampleRateHz: number, offset: number): Recording {
  const [factor, around, within] = [4, 24, 16];
  const length = factor * Math.round(sampleRateHz / 10);
  const burst = around * Math.round(length / 2 / around);
  const fast = Float64Array.from({ length }, (_, frame) => {
    const inBurst = frame - burst;
    if (inBurst >= 0 && inBurst < within) return Math.sin((2 * Math.PI * inBurst) / within);
    const since = inBurst < 0 ? frame : inBurst - within;
    return 0.5 * fade(frame, length, factor * sampleRateHz) * Math.sin((2 * Math.PI * since) / around);
  });
  const taps = lowPass(511, 1 / (2 * factor));
  const samples = Float32Array.from({ length: length / factor - 1 }, (_, frame) => {
    const centre = frame * factor + offset;
    return taps.reduce((sum, tap, i) => sum + tap * (fast[centre + i - 255] ?? 0), 0);
  });
  return { sampleRateHz, channels: [samples, samples] };
}

/** A sinc in a Blackman window. @param corner in sample rates */
function lowPass(count: number, corner: number): Float64Array {
  const middle = (count - 1) / 2;
  return Float64Array.from({ length: count }, (_, i) => {
    const t = i - middle;
    const sinc = t === 0 ? 2 * corner : Math.sin(2 * Math.PI * corner * t) / (Math.PI * t);
    const turn = (2 * Math.PI * i) / (count - 1);
    return sinc * (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
  });
}

function fade(frame: number, frames: number, sampleRateHz: number): number {
  return Math.min(1, frame / (0.01 * sampleRateHz), (frames - 1 - frame) / (0.01 * sampleRateHz));
}
