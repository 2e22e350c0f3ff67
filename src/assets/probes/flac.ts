import type { FileWindow } from './file-window.ts';
import { tagsBytes } from './id3.ts';
import type { Probe } from './probe.ts';
import { cutOff, damagedSound, type SoundFacts, soundHeader } from './sound.ts';

export interface StreamInfo extends SoundFacts {
  /** Samples of the longest and of the shortest frame but the last. */
  readonly maxBlock: number;
  readonly minBlock: number;
}

/** Header, one constant subframe of one byte, checksums: no frame is smaller. */
const smallestFrameBytes = 10;
/** Where the last frame's header is looked for when the file does not say how long it is. */
const tailBytes = 1_048_576;
const longestHeaderBytes = 16;

/**
 * STREAMINFO; where it does not know the length, as in a file written to a pipe, the number of the last frame.
 *
 * @see RFC 9639, sections 8.2 and 9.1
 */
export const probeFlac: Probe = async (file) => {
  const start = await tagsBytes(file);
  const block = await file.bytes(start + 4, 38);
  if (block === undefined || (block.readUInt8(0) & 0x7f) !== 0) {
    throw damagedSound('FLAC', 'it does not begin with what it holds');
  }
  const info = readStreamInfo(block.subarray(4));
  const frames = info.frames === 0 ? await countFrames(file, info) : info.frames;
  const header = soundHeader('FLAC', { ...info, frames });
  const held = (file.sizeBytes / smallestFrameBytes) * Math.max(16, info.maxBlock);
  if (held < frames) throw cutOff('FLAC', header.durationSeconds, held / info.sampleRateHz);
  return header;
};

/** @param bytes the 34 of a STREAMINFO block */
export function readStreamInfo(bytes: Buffer): StreamInfo {
  return {
    minBlock: bytes.readUInt16BE(0),
    maxBlock: bytes.readUInt16BE(2),
    sampleRateHz: bytes.readUIntBE(10, 3) >>> 4,
    channels: ((bytes.readUInt8(12) >>> 1) & 7) + 1,
    frames: (bytes.readUInt8(13) & 15) * 2 ** 32 + bytes.readUInt32BE(14),
  };
}

/** Samples up to the end of the last frame whose header can be found, looking back from the end of the file. */
async function countFrames(file: FileWindow, info: StreamInfo): Promise<number> {
  const pieceBytes = 16_384;
  const stop = Math.max(42, file.sizeBytes - tailBytes);
  for (let end = file.sizeBytes; end > stop; end -= pieceBytes - longestHeaderBytes) {
    const start = Math.max(stop, end - pieceBytes);
    const piece = await file.upTo(start, pieceBytes);
    for (let at = piece.lastIndexOf(0xff); at >= 0; at = at === 0 ? -1 : piece.lastIndexOf(0xff, at - 1)) {
      const samples = samplesUpTo(piece.subarray(at, at + longestHeaderBytes), info);
      if (samples !== undefined) return samples;
    }
  }
  throw damagedSound('FLAC', 'it does not say how long it is, and its last frame cannot be found');
}

/** Where the frame ends that begins here, in samples from the start; undefined when none begins here. */
function samplesUpTo(bytes: Buffer, { minBlock, maxBlock }: StreamInfo): number | undefined {
  if (bytes.length < 6) return undefined;
  const isVariable = bytes[1] === 0xf9;
  if (bytes[1] !== 0xf8 && !isVariable) return undefined;
  const [sizeCode, rateCode] = [bytes.readUInt8(2) >>> 4, bytes.readUInt8(2) & 15];
  if (sizeCode === 0 || rateCode === 15 || (bytes.readUInt8(3) & 1) === 1) return undefined;
  const number = codedNumber(bytes.subarray(4));
  if (number === undefined) return undefined;
  let at = 4 + number.sizeBytes;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  if (at + sizeBytes + rateBytes >= bytes.length) return undefined;
  const samples = blockSamples(sizeCode, sizeBytes === 0 ? 0 : bytes.readUIntBE(at, sizeBytes));
  at += sizeBytes + rateBytes;
  if (samples > maxBlock || crc8(bytes.subarray(0, at)) !== bytes[at]) return undefined;
  return (isVariable ? number.value : number.value * minBlock) + samples;
}

function blockSamples(code: number, stored: number): number {
  if (code === 1) return 192;
  if (code <= 5) return 576 * 2 ** (code - 2);
  return code <= 7 ? stored + 1 : 256 * 2 ** (code - 8);
}

/** As UTF-8 would write it, up to seven bytes. */
function codedNumber(bytes: Buffer): { readonly value: number; readonly sizeBytes: number } | undefined {
  const first = bytes[0] ?? 0xff;
  if (first < 0x80) return { value: first, sizeBytes: 1 };
  const ones = Math.clz32(~(first << 24));
  if (ones < 2 || ones > 7 || bytes.length < ones) return undefined;
  let value = first & (0x7f >> ones);
  for (const byte of bytes.subarray(1, ones)) {
    if (byte >>> 6 !== 2) return undefined;
    value = value * 64 + (byte & 63);
  }
  return { value, sizeBytes: ones };
}

function crc8(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}
