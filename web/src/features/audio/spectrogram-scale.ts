import type { SpectrogramData } from '../../api/audio.ts';

/** Where a frequency is on a spectrogram, whose rows are equally far apart in octaves: 0 at the bottom, 1 at the top. */
export function heightOfHz(hz: number, { fromHz, toHz }: Pick<SpectrogramData, 'fromHz' | 'toHz'>): number {
  return Math.log(hz / fromHz) / Math.log(toHz / fromHz);
}
