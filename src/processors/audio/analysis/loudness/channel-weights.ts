import type { ChannelRole } from '#processors/shared/audio/audio-stream.ts';

/**
 * What each channel counts in loudness, by ITU-R BS.1770-5, tables 3 and 4: 1.41 where a loudspeaker stands beside the
 * listener, 60° to 120° from the front, nothing for low-frequency effects, else 1.
 *
 * Of four or five loudspeakers the two behind stand at 110°, however a file names them; only where there are others at
 * the sides are the ones behind further back.
 */
export function channelWeights(layout: readonly ChannelRole[]): number[] {
  const hasSides = layout.includes('left-surround') || layout.includes('right-surround');
  return layout.map((role) => {
    if (role === 'lfe') return 0;
    if (role === 'left-surround' || role === 'right-surround') return 1.41;
    if (role === 'left-back' || role === 'right-back') return hasSides ? 1 : 1.41;
    return 1;
  });
}
