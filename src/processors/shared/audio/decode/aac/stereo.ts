import { type ChannelStream, intensity, invertedIntensity, noiseBand } from './channel-stream.ts';
import { shortLength } from './window-info.ts';

/** Pairs of channels that were coded together. @param marked whether a band was, group after group */
export function applyStereo(left: ChannelStream, right: ChannelStream, marked: Uint8Array, hasMask: boolean): void {
  const { groups, maxBand, offsets } = right.info;
  let groupStart = 0;
  let i = 0;
  for (const windows of groups) {
    for (let band = 0; band < maxBand; band += 1, i += 1) {
      const kind = right.bands[i];
      const isMarked = hasMask && marked[i] === 1;
      const isIntensity = kind === intensity || kind === invertedIntensity;
      if (!isMarked && !isIntensity) continue;
      for (let window = 0; window < windows; window += 1) {
        const start = groupStart + window * shortLength;
        const from = start + (offsets[band] as number);
        const to = start + (offsets[band + 1] as number);
        if (isIntensity) {
          const sign = (kind === intensity ? 1 : -1) * (isMarked ? -1 : 1);
          scaleInto(left.spectrum, right.spectrum, from, to, sign * (right.scales[i] as number));
        } else if (left.bands[i] !== noiseBand && kind !== noiseBand) {
          sumAndDifference(left.spectrum, right.spectrum, from, to);
        }
      }
    }
    groupStart += windows * shortLength;
  }
}

/** Intensity stereo: right is left at another level. @see ISO/IEC 14496-3, section 4.6.8.2 */
function scaleInto(left: Float32Array, right: Float32Array, from: number, to: number, factor: number): void {
  for (let k = from; k < to; k += 1) right[k] = (left[k] as number) * factor;
}

/** Mid and side. @see section 4.6.8.1 */
function sumAndDifference(left: Float32Array, right: Float32Array, from: number, to: number): void {
  for (let k = from; k < to; k += 1) {
    const middle = left[k] as number;
    const side = right[k] as number;
    left[k] = middle + side;
    right[k] = middle - side;
  }
}
