import { maxHeaderBytes, readFrameHeader } from '#processors/shared/audio/decode/flac/frame-header.ts';
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
  for (let end = file.sizeBytes; end > stop; end -= pieceBytes - maxHeaderBytes) {
    const start = Math.max(stop, end - pieceBytes);
    const piece = await file.upTo(start, pieceBytes);
    for (let at = piece.lastIndexOf(0xff); at >= 0; at = at === 0 ? -1 : piece.lastIndexOf(0xff, at - 1)) {
      const frame = readFrameHeader(piece, at);
      if (frame === undefined || frame.frames > info.maxBlock) continue;
      return (frame.variable ? frame.number : frame.number * info.minBlock) + frame.frames;
    }
  }
  throw damagedSound('FLAC', 'it does not say how long it is, and its last frame cannot be found');
}
