import type { FileWindow } from './file-window.ts';
import type { Probe } from './probe.ts';
import { cutOff, damagedSound, soundHeader, unreadSound } from './sound.ts';

const tag = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, extensible: 0xfffe } as const;
const readable: readonly number[] = [tag.pcm, tag.float, tag.aLaw, tag.muLaw];
const names: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
};
/** Stands in the size of a chunk that is larger than 32 bits can say, and in that of a file written to a pipe. */
const unknownSize = 0xffffffff;

interface Format {
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly frameBytes: number;
}

/**
 * The format, and how much sound the data chunk really holds.
 *
 * @see Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAVE); EBU Tech 3306 (RF64); ITU-R BS.2088 (BW64)
 */
export const probeWav: Probe = async (file) => {
  const isLong = (await file.bytes(0, 4))?.toString('latin1') !== 'RIFF';
  let format: Format | undefined;
  let longDataBytes: number | undefined;
  for (let offset = 12; ; ) {
    const header = await file.bytes(offset, 8);
    if (header === undefined) throw damagedSound('WAV', format === undefined ? noFormat : 'it has no sound data');
    const [type, size] = [header.toString('latin1', 0, 4), header.readUInt32LE(4)];
    const start = offset + 8;
    if (type === 'ds64' && isLong) longDataBytes = Number((await file.bytes(start + 8, 8))?.readBigUInt64LE(0) ?? 0);
    if (type === 'fmt ') format = await readFormat(file, start, size);
    if (type === 'data') {
      if (format === undefined) throw damagedSound('WAV', noFormat);
      const { frameBytes, ...facts } = format;
      const dataBytes = isLong && size === unknownSize ? (longDataBytes ?? size) : size;
      const frames = Math.floor(dataBytes / frameBytes);
      const held = Math.floor((file.sizeBytes - start) / frameBytes);
      const header = soundHeader('WAV', { ...facts, frames });
      if (held < frames) throw cutOff('WAV', header.durationSeconds, held / facts.sampleRateHz);
      return header;
    }
    offset = start + size + (size % 2);
  }
};

const noFormat = 'it does not say what its sound data is';

async function readFormat(file: FileWindow, start: number, size: number): Promise<Format> {
  const bytes = await file.upTo(start, Math.min(size, 40));
  if (bytes.length < 16) throw damagedSound('WAV', noFormat);
  let code = bytes.readUInt16LE(0);
  // The first two bytes of the GUID that an extensible format has are the code that it would have had before.
  if (code === tag.extensible && bytes.length >= 26) code = bytes.readUInt16LE(24);
  if (!readable.includes(code)) throw unreadSound(`a WAV recording compressed with ${names[code] ?? `codec ${code}`}`);
  const [channels, sampleRateHz, frameBytes] = [bytes.readUInt16LE(2), bytes.readUInt32LE(4), bytes.readUInt16LE(12)];
  const expectedBytes = channels * Math.ceil(bytes.readUInt16LE(14) / 8);
  if (channels > 0 && (frameBytes === 0 || frameBytes !== expectedBytes)) {
    // Checked first, so that absurd channels are called what they are.
    soundHeader('WAV', { channels, sampleRateHz, frames: 1 });
    throw damagedSound('WAV', `its samples of ${bytes.readUInt16LE(14)} bits do not fit into ${frameBytes} bytes`);
  }
  return { channels, sampleRateHz, frameBytes: Math.max(1, frameBytes) };
}
