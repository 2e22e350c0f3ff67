import { type AdtsFrame, adtsFrame, highestDoubledRateHz } from './adts-frame.ts';
import { tagsBytes } from './id3.ts';
import type { Probe } from './probe.ts';
import { damagedSound, soundHeader } from './sound.ts';
import { sumFrames } from './walk.ts';

/**
 * All frames, counted. What is not surely plain AAC-LC is another type: ffmpeg decodes it.
 *
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export const probeAdts: Probe = async (file) => {
  const start = await tagsBytes(file);
  let first: AdtsFrame | undefined;
  const frames = await sumFrames(file, start, 7, (bytes) => {
    const frame = adtsFrame(bytes);
    first ??= frame;
    return frame !== undefined && frame.sampleRateHz === first?.sampleRateHz ? frame : undefined;
  });
  if (first === undefined) throw damagedSound('AAC', 'it has no frame of sound');
  const { channels, sampleRateHz, samples, isLowComplexity } = first;
  const isPlain =
    isLowComplexity && sampleRateHz > highestDoubledRateHz && channels >= 1 && channels <= 6 && samples === 1_024;
  return soundHeader('AAC', {
    channels: channels === 7 ? 8 : Math.max(1, channels),
    sampleRateHz,
    frames,
    mediaType: isPlain ? 'audio/aac' : 'audio/aacp',
  });
};
