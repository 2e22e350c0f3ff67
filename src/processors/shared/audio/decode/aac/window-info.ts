import tables from 'aac/src/tables.js';
import type { BitReader } from './bit-reader.ts';

export const frameLength = 1_024;
export const shortLength = 128;

/** Kinds of frames; 0 is one long window like its neighbours. */
export const longStart = 1;
export const eightShort = 2;
export const longStop = 3;

/** How a frame is divided in time and frequency. @see ISO/IEC 14496-3, section 4.5.2.3 */
export interface WindowInfo {
  readonly sequence: number;
  /** 0 for sine, 1 for Kaiser-Bessel. */
  readonly shape: number;
  readonly isShort: boolean;
  /** Windows in each group that shares its scale factors. */
  readonly groups: readonly number[];
  /** Bands that are in the stream. */
  readonly maxBand: number;
  /** First line of each band, and the end of the last. */
  readonly offsets: Uint16Array;
  readonly bandCount: number;
}

/** @param rateIndex of the sample rate, 0 … 11 */
export function readWindowInfo(bits: BitReader, rateIndex: number): WindowInfo {
  bits.skip(1);
  const sequence = bits.read(2);
  const shape = bits.read(1);
  const isShort = sequence === eightShort;
  const maxBand = bits.read(isShort ? 4 : 6);
  const groups = [1];
  if (isShort) {
    for (let window = 1; window < 8; window += 1) {
      if (bits.read(1) === 1) groups[groups.length - 1] = (groups.at(-1) ?? 0) + 1;
      else groups.push(1);
    }
  } else if (bits.read(1) === 1) throw new RangeError('prediction, which this profile has not');
  const offsets = (isShort ? tables.SWB_OFFSET_128 : tables.SWB_OFFSET_1024)[rateIndex];
  if (offsets === undefined || maxBand > offsets.length - 1) throw new RangeError(`${maxBand} bands`);
  return { sequence, shape, isShort, groups, maxBand, offsets, bandCount: offsets.length - 1 };
}
