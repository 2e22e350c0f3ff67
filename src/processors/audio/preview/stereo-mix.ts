import type { AudioBlock, ChannelRole } from '#processors/shared/audio/audio-stream.ts';
import { maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';

const half = Math.SQRT1_2;
/** To left and to right; the bass channel is left out. ITU-R BS.775-3, table 2. */
const shares: Readonly<Record<ChannelRole, readonly [number, number]>> = {
  mono: [half, half],
  left: [1, 0],
  right: [0, 1],
  centre: [half, half],
  lfe: [0, 0],
  'left-surround': [half, 0],
  'right-surround': [0, half],
  'left-back': [half, 0],
  'right-back': [0, half],
  other: [half, half],
};

/**
 * Brings channels down to one or two, as loud as can be without clipping whatever they hold. One and two stay as they
 * are.
 *
 * @returns what it is called with each block; its samples are overwritten by the next call
 */
export function createStereoMix(layout: readonly ChannelRole[]): (block: AudioBlock) => AudioBlock {
  if (layout.length <= 2) return (block) => block;
  const sums = [0, 1].map((side) => layout.reduce((sum, role) => sum + (shares[role][side] ?? 0), 0));
  const scale = 1 / Math.max(...sums, 1);
  const mixed = [new Float32Array(maxBlockFrames), new Float32Array(maxBlockFrames)];
  return ({ channels, frames }) => {
    for (const [side, out] of mixed.entries()) {
      out.fill(0, 0, frames);
      for (const [index, role] of layout.entries()) {
        const share = (shares[role][side] ?? 0) * scale;
        const samples = channels[index];
        if (share === 0 || samples === undefined) continue;
        for (let i = 0; i < frames; i++) out[i] = (out[i] ?? 0) + share * (samples[i] ?? 0);
      }
    }
    return { channels: mixed.map((samples) => samples.subarray(0, frames)), frames };
  };
}
