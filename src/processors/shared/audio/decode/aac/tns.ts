import type { BitReader } from './bit-reader.ts';
import { shortLength, type WindowInfo } from './window-info.ts';

interface TnsFilter {
  readonly window: number;
  /** Bands that it covers, counted down from the last one or from the filter before. */
  readonly bands: number;
  readonly backwards: boolean;
  readonly reflections: readonly number[];
}

const maxBandsLong = [31, 31, 34, 40, 42, 51, 46, 46, 42, 42, 42, 39];
const maxBandsShort = [9, 9, 10, 14, 14, 14, 14, 14, 14, 14, 14, 14];

/** Filters over frequency that shape noise in time. @see ISO/IEC 14496-3, section 4.6.9 */
export function readTns(bits: BitReader, info: WindowInfo): TnsFilter[] {
  const filters: TnsFilter[] = [];
  const maxOrder = info.isShort ? 7 : 12;
  for (let window = 0; window < (info.isShort ? 8 : 1); window += 1) {
    const count = bits.read(info.isShort ? 1 : 2);
    const resolution = count > 0 ? bits.read(1) + 3 : 0;
    for (let i = 0; i < count; i += 1) {
      const bands = bits.read(info.isShort ? 4 : 6);
      const order = bits.read(info.isShort ? 3 : 5);
      if (order > maxOrder) throw new RangeError(`a noise filter of order ${order}`);
      const backwards = order > 0 && bits.read(1) === 1;
      const width = order > 0 ? resolution - bits.read(1) : 0;
      const reflections = Array.from({ length: order }, () => reflection(bits.read(width), width, resolution));
      filters.push({ window, bands, backwards, reflections });
    }
  }
  return filters;
}

function reflection(code: number, width: number, resolution: number): number {
  const value = code >= 1 << (width - 1) ? code - (1 << width) : code;
  const steps = 2 ** (resolution - 1) + (value >= 0 ? -0.5 : 0.5);
  return Math.sin((value * Math.PI) / 2 / steps);
}

/** @param spectrum 1,024 lines, changed in place */
export function applyTns(
  spectrum: Float32Array,
  filters: readonly TnsFilter[],
  info: WindowInfo,
  rateIndex: number,
): void {
  const limit = Math.min((info.isShort ? maxBandsShort : maxBandsLong)[rateIndex] ?? 0, info.maxBand);
  let window = -1;
  let bottom = 0;
  for (const filter of filters) {
    if (filter.window !== window) bottom = info.bandCount;
    window = filter.window;
    const top = bottom;
    bottom = Math.max(0, top - filter.bands);
    const start = info.offsets[Math.min(bottom, limit)] ?? 0;
    const end = info.offsets[Math.min(top, limit)] ?? 0;
    if (filter.reflections.length === 0 || end <= start) continue;
    const step = filter.backwards ? -1 : 1;
    const first = window * shortLength + (filter.backwards ? end - 1 : start);
    recurse(spectrum, first, step, end - start, toPrediction(filter.reflections));
  }
}

function toPrediction(reflections: readonly number[]): Float32Array {
  const prediction = new Float32Array(reflections.length);
  reflections.forEach((value, i) => {
    prediction[i] = value;
    for (let low = 0, high = i - 1; low <= high; low += 1, high -= 1) {
      const a = prediction[low] as number;
      const b = prediction[high] as number;
      prediction[low] = a + value * b;
      prediction[high] = b + value * a;
    }
  });
  return prediction;
}

function recurse(spectrum: Float32Array, first: number, step: number, count: number, prediction: Float32Array): void {
  for (let n = 0, at = first; n < count; n += 1, at += step) {
    let value = spectrum[at] as number;
    const order = Math.min(n, prediction.length);
    for (let i = 1; i <= order; i += 1) value -= (spectrum[at - i * step] as number) * (prediction[i - 1] as number);
    spectrum[at] = value;
  }
}
