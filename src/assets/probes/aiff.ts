import type { Probe } from './probe.ts';
import { cutOff, damagedSound, type SoundFacts, soundHeader, unreadSound } from './sound.ts';

/** Bytes of a sample, where the compression sets them; 0: as many as its bits need. */
const compressions: Readonly<Record<string, number>> = {
  NONE: 0,
  twos: 0,
  sowt: 0,
  in24: 3,
  in32: 4,
  fl32: 4,
  FL32: 4,
  fl64: 8,
  FL64: 8,
  alaw: 1,
  ALAW: 1,
  ulaw: 1,
  ULAW: 1,
};

/**
 * The common chunk, and how much sound there really is.
 *
 * @see Apple: Audio Interchange File Format 1.3; AIFF-C, draft of 26 August 1991
 */
export const probeAiff: Probe = async (file) => {
  let common: (SoundFacts & { readonly frameBytes: number }) | undefined;
  let held: number | undefined;
  for (let offset = 12; common === undefined || held === undefined; ) {
    const header = await file.bytes(offset, 8);
    if (header === undefined) break;
    const [type, size] = [header.toString('latin1', 0, 4), header.readUInt32BE(4)];
    const start = offset + 8;
    if (type === 'COMM') {
      const bytes = await file.upTo(start, 22);
      if (bytes.length < 18) break;
      const compression = size >= 22 && bytes.length === 22 ? bytes.toString('latin1', 18, 22) : 'NONE';
      const sampleBytes = compressions[compression];
      if (sampleBytes === undefined) throw unreadSound(`an AIFF recording compressed as “${printable(compression)}”`);
      const [channels, bits] = [bytes.readUInt16BE(0), bytes.readUInt16BE(6)];
      common = {
        channels,
        frames: bytes.readUInt32BE(2),
        sampleRateHz: extended(bytes.subarray(8, 18)),
        frameBytes: channels * (sampleBytes || Math.ceil(bits / 8)),
      };
    }
    if (type === 'SSND') held = Math.max(0, Math.min(size, file.sizeBytes - start) - 8);
    offset = start + size + (size % 2);
  }
  if (common === undefined) throw damagedSound('AIFF', 'it does not say what its sound data is');
  const { frameBytes, ...facts } = common;
  const header = soundHeader('AIFF', facts);
  const heldFrames = frameBytes === 0 ? 0 : Math.floor((held ?? 0) / frameBytes);
  if (heldFrames < facts.frames) throw cutOff('AIFF', header.durationSeconds, heldFrames / facts.sampleRateHz);
  return header;
};

/** A number of 80 bits: sign and exponent, then 64 bits of which the first is the whole part. */
function extended(bytes: Buffer): number {
  const exponent = bytes.readUInt16BE(0) & 0x7fff;
  return Number(bytes.readBigUInt64BE(2)) * 2 ** (exponent - 16_383 - 63);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
