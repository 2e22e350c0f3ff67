import { createDct4 } from './inverse-mdct.ts';
import { eightShort, frameLength, longStart, longStop, shortLength, type WindowInfo } from './window-info.ts';

/** Where short windows begin in the middle of a long one. */
const shortStart = (frameLength - shortLength) / 2;
const fullScale = 32_768;

/**
 * From lines to samples, full scale −1 … 1; one for each channel, because frames overlap.
 *
 * @see ISO/IEC 14496-3, section 4.6.11
 */
export function createFilterBank() {
  const { dctLong, dctShort, longWindows, shortWindows } = sharedTables();
  const overlap = new Float64Array(frameLength);
  const folded = new Float64Array(frameLength);
  const unfolded = new Float64Array(2 * frameLength);
  const sum = new Float64Array(2 * frameLength);
  let previousShape = 0;

  function transformShort(spectrum: Float32Array, shape: number): void {
    sum.fill(0);
    for (let window = 0; window < 8; window += 1) {
      dctShort(spectrum, window * shortLength, folded);
      unfold(folded, unfolded, shortLength);
      const rising = shortWindows[window === 0 ? previousShape : shape] as Float64Array;
      const falling = shortWindows[shape] as Float64Array;
      const start = shortStart + window * shortLength;
      for (let i = 0; i < shortLength; i += 1) {
        const at = start + i;
        sum[at] = (sum[at] as number) + (unfolded[i] as number) * (rising[i] as number);
        sum[at + shortLength] = (unfolded[shortLength + i] as number) * (falling[shortLength - 1 - i] as number);
      }
    }
  }

  function transformLong(spectrum: Float32Array, { sequence, shape }: WindowInfo): void {
    dctLong(spectrum, 0, folded);
    unfold(folded, sum, frameLength);
    if (sequence === longStop) {
      rise(sum, shortStart, shortWindows[previousShape] as Float64Array);
      sum.fill(0, 0, shortStart);
    } else rise(sum, 0, longWindows[previousShape] as Float64Array);
    if (sequence === longStart) {
      fall(sum, frameLength + shortStart, shortWindows[shape] as Float64Array);
      sum.fill(0, frameLength + shortStart + shortLength);
    } else fall(sum, frameLength, longWindows[shape] as Float64Array);
  }

  return (spectrum: Float32Array, info: WindowInfo, output: Float32Array): void => {
    if (info.sequence === eightShort) transformShort(spectrum, info.shape);
    else transformLong(spectrum, info);
    for (let i = 0; i < frameLength; i += 1) output[i] = (overlap[i] as number) + (sum[i] as number);
    overlap.set(sum.subarray(frameLength));
    previousShape = info.shape;
  };
}

/** @param y of the DCT-IV, n values; `x` gets 2n */
function unfold(y: Float64Array, x: Float64Array, n: number): void {
  const half = n / 2;
  for (let i = 0; i < half; i += 1) {
    x[i] = y[half + i] as number;
    x[half + i] = -(y[n - 1 - i] as number);
    x[n + i] = -(y[half - 1 - i] as number);
    x[n + half + i] = -(y[i] as number);
  }
}

function rise(x: Float64Array, start: number, window: Float64Array): void {
  for (let i = 0; i < window.length; i += 1) x[start + i] = (x[start + i] as number) * (window[i] as number);
}

function fall(x: Float64Array, start: number, window: Float64Array): void {
  const last = window.length - 1;
  for (let i = 0; i <= last; i += 1) x[start + i] = (x[start + i] as number) * (window[last - i] as number);
}

let shared: ReturnType<typeof createTables> | undefined;

function sharedTables() {
  shared ??= createTables();
  return shared;
}

function createTables() {
  return {
    dctLong: createDct4(frameLength, 1 / frameLength / fullScale),
    dctShort: createDct4(shortLength, 1 / shortLength / fullScale),
    longWindows: [sineWindow(frameLength), kaiserBesselWindow(frameLength, 4)],
    shortWindows: [sineWindow(shortLength), kaiserBesselWindow(shortLength, 6)],
  };
}

/** The rising half. */
function sineWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(((i + 0.5) * Math.PI) / (2 * length)));
}

/** The rising half of the window that is derived from Kaiser's. */
function kaiserBesselWindow(length: number, alpha: number): Float64Array {
  const kernel = Float64Array.from({ length: length + 1 }, (_, i) =>
    besselI0(Math.PI * alpha * Math.sqrt(1 - ((2 * i) / length - 1) ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  let running = 0;
  return Float64Array.from({ length }, (_, i) => {
    running += kernel[i] as number;
    return Math.sqrt(running / total);
  });
}

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
