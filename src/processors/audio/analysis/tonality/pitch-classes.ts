import type { SpectralPeaks } from './spectral-peaks.ts';

/** Steps of an octave in which strength is gathered, 10 cents each, so that detuning can be taken out at the end. */
const steps = 120;
const stepsPerSemitone = steps / 12;
/** A tone is a harmonic of lower ones too, each less likely. */
const harmonics = 4;
const harmonicDecay = 0.6;
/** Above C of the octave of A = 440 Hz. */
const semitonesOfA = 9;
/** Steps to both sides of a pitch class that count for it, less and less, under a squared cosine. */
const reach = 9;

/** The harmonic pitch class profile of many frames. */
export interface PitchClasses {
  /** @param weight of this frame */
  add(peaks: SpectralPeaks, hzPerBin: number, weight: number): void;
  /**
   * @param detuningCents of the recording
   * @returns strength of C, C#, … B, the strongest 1; all 0 without tones
   */
  chroma(detuningCents: number): number[];
}

/** @see Gómez, Tonal description of music audio signals, 2006; with finer steps than its 36 */
export function createPitchClasses(): PitchClasses {
  const gathered = new Float64Array(steps);
  const below = Array.from({ length: harmonics }, (_, i) => ({
    steps: steps * Math.log2(i + 1),
    gain: harmonicDecay ** i,
  }));
  return {
    add(peaks, hzPerBin, weight) {
      for (let i = 0; i < peaks.count; i += 1) {
        const octaves = Math.log2(((peaks.bins[i] as number) * hzPerBin) / 440);
        const place = steps * octaves + semitonesOfA * stepsPerSemitone;
        // The root of magnitudes: loud tones count for more, but one of them does not hide the chord.
        const strength = weight * Math.sqrt(peaks.magnitude[i] as number);
        for (const { steps: down, gain } of below) addAt(gathered, place - down, gain * strength);
      }
    },
    chroma(detuningCents) {
      const shift = (detuningCents * stepsPerSemitone) / 100;
      const classes = Array.from({ length: 12 }, (_, pitch) => {
        let sum = 0;
        for (let k = -reach; k <= reach; k += 1) {
          const weight = Math.cos((Math.PI * k) / (2 * stepsPerSemitone)) ** 2;
          sum += weight * readAt(gathered, pitch * stepsPerSemitone + shift + k);
        }
        return sum;
      });
      const most = Math.max(...classes);
      return most > 0 ? classes.map((value) => value / most) : classes;
    },
  };
}

function addAt(circle: Float64Array, place: number, value: number): void {
  const { index, next, part } = between(place);
  circle[index] = (circle[index] as number) + (1 - part) * value;
  circle[next] = (circle[next] as number) + part * value;
}

function readAt(circle: Float64Array, place: number): number {
  const { index, next, part } = between(place);
  return (1 - part) * (circle[index] as number) + part * (circle[next] as number);
}

function between(place: number): { index: number; next: number; part: number } {
  const floor = Math.floor(place);
  const index = ((floor % steps) + steps) % steps;
  return { index, next: (index + 1) % steps, part: place - floor };
}
