import { type MpegFrameHeader, readMpegHeader } from '#processors/shared/audio/decode/mp3/frame-header.ts';
import { readMpegInfo } from '#processors/shared/audio/decode/mp3/gapless.ts';
import { tagsBytes } from './id3.ts';
import type { Probe } from './probe.ts';
import { damagedSound, soundHeader } from './sound.ts';
import { sumFrames } from './walk.ts';

/**
 * All frames, counted: only so is the length right of a file of changing bit rate whose encoder left no note, or whose
 * note is no longer true. The note itself, and what it says to stand before and behind, is taken off.
 *
 * @see ISO/IEC 11172-3, section 2.4
 */
export const probeMp3: Probe = async (file) => {
  const start = await tagsBytes(file);
  let first: (MpegFrameHeader & { readonly position: number }) | undefined;
  const samples = await sumFrames(file, start, 4, (bytes, position) => {
    const header = readMpegHeader(bytes);
    if (header === undefined) return undefined;
    first ??= { ...header, position };
    return header.kind === first.kind ? { sizeBytes: header.sizeBytes, samples: header.frames } : undefined;
  });
  if (first === undefined) throw damagedSound('MP3', 'it has no frame of sound');
  const note = readMpegInfo(Buffer.from(await file.upTo(first.position, first.sizeBytes)), first);
  const around = note === undefined ? 0 : first.frames + note.skipFrames + note.paddingFrames;
  return soundHeader('MP3', {
    channels: first.channels,
    sampleRateHz: first.sampleRateHz,
    frames: samples - around,
  });
};
