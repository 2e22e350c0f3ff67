import { decibels } from '../decibels.ts';
import { hopsPerSecond } from '../hops.ts';

const blockHops = 3 * hopsPerSecond;
const loudestShare = 0.2;
const fewestBlocks = 3;

/**
 * DR of the Pleasurize Music Foundation, of one channel: in blocks of 3 s, the second highest peak against the root mean
 * square of the loudest fifth, where that of a sine is as high as its peak.
 *
 * @see its "Measuring DR"; DR14 T.meter rounds the mean over channels
 */
export function createDynamicRange() {
  const peaks: number[] = [];
  const powers: number[] = [];
  let [squares, frames, peak, hops] = [0, 0, 0, 0];

  function closeBlock(): void {
    if (frames === 0) return;
    peaks.push(peak);
    powers.push((2 * squares) / frames);
    [squares, frames, peak, hops] = [0, 0, 0, 0];
  }

  return {
    add(hopSquares: number, hopFrames: number, hopPeak: number): void {
      squares += hopSquares;
      frames += hopFrames;
      peak = Math.max(peak, hopPeak);
      if (++hops === blockHops) closeBlock();
    },
    /** @returns dB; `undefined` below three blocks, the last of which may be short, and for silence */
    result(): number | undefined {
      closeBlock();
      if (peaks.length < fewestBlocks) return;
      const [, secondPeak = 0] = peaks.toSorted((a, b) => b - a);
      const loudest = powers.toSorted((a, b) => b - a).slice(0, Math.floor(powers.length * loudestShare) || 1);
      const power = loudest.reduce((sum, value) => sum + value, 0) / loudest.length;
      const range = decibels(secondPeak) - decibels(Math.sqrt(power));
      return Number.isFinite(range) ? range : undefined;
    },
  };
}
