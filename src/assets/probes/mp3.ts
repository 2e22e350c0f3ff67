import type { FileWindow } from './file-window.ts';
import { tagsBytes } from './id3.ts';
import { type Mp3Frame, mp3Frame } from './mp3-frame.ts';
import type { Probe } from './probe.ts';
import { damagedSound, soundHeader } from './sound.ts';
import { sumFrames } from './walk.ts';

/**
 * All frames, counted: only so is the length right of a file of changing bit rate whose encoder left no note, or whose
 * note is no longer true. What the encoder says to have put before and behind is taken off.
 *
 * @see ISO/IEC 11172-3, section 2.4; the notes of Xing and LAME
 */
export const probeMp3: Probe = async (file) => {
  const start = await tagsBytes(file);
  let first: (Mp3Frame & { readonly position: number }) | undefined;
  const samples = await sumFrames(file, start, 4, (bytes, position) => {
    const frame = mp3Frame(bytes);
    if (frame === undefined) return undefined;
    first ??= { ...frame, position };
    return frame.sampleRateHz === first.sampleRateHz ? frame : undefined;
  });
  if (first === undefined) throw damagedSound('MP3', 'it has no frame of sound');
  const { sampleRateHz, channels } = first;
  const frames = samples - (await samplesAround(file, first.position, first));
  return soundHeader('MP3', { channels, sampleRateHz, frames });
};

/** Samples that are no part of the recording: a first frame that is a note, and what LAME wrote into it. */
async function samplesAround(file: FileWindow, position: number, frame: Mp3Frame): Promise<number> {
  const note = Buffer.from(await file.upTo(position, frame.sizeBytes));
  const sideBytes = frame.isFirst ? (frame.channels === 1 ? 17 : 32) : frame.channels === 1 ? 9 : 17;
  if (note.toString('latin1', 36, 40) === 'VBRI') return frame.samples;
  const at = 4 + sideBytes;
  if (!['Xing', 'Info'].includes(note.toString('latin1', at, at + 4))) return 0;
  const flags = note.length >= at + 8 ? note.readUInt32BE(at + 4) : 0;
  const lame = at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  // Encoders that know gaps (LAME, libavformat) put a name of nine bytes there, then, 21 bytes on, delay and padding.
  if (note.length < lame + 24 || note[lame] === 0) return frame.samples;
  const gaps = note.readUIntBE(lame + 21, 3);
  return frame.samples + (gaps >>> 12) + (gaps & 0xfff);
}
