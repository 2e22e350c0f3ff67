import type { MpegFrameHeader } from './frame-header.ts';

/** What an encoder says of the whole file in a first frame of silence. */
export interface MpegInfo {
  /** Frames of MPEG audio that follow. */
  readonly frames: number | undefined;
  /** Frames of samples to drop at the beginning: the encoder's delay and the decoder's. */
  readonly skipFrames: number;
  /** Frames of samples that the encoder added at the end, those of the decoder's delay taken off. */
  readonly paddingFrames: number;
}

/** A decoder's filter bank answers this late. */
const decoderDelayFrames = 529;
const trustedEncoders = ['LAME', 'Lavf', 'Lavc'];

/**
 * Reads a Xing, Info, LAME or VBRI header. Delay and padding are believed from the encoders that ffmpeg believes.
 *
 * @param bytes a whole frame
 * @returns undefined when the frame is sound
 */
export function readMpegInfo(bytes: Buffer, header: MpegFrameHeader): MpegInfo | undefined {
  const xing = 4 + header.sideBytes;
  const name = bytes.toString('latin1', xing, xing + 4);
  if (name === 'Xing' || name === 'Info') return readXing(bytes, xing + 4);
  if (bytes.toString('latin1', 36, 40) === 'VBRI' && bytes.length >= 54) {
    return { frames: bytes.readUInt32BE(50) || undefined, skipFrames: 0, paddingFrames: 0 };
  }
  return undefined;
}

function readXing(bytes: Buffer, start: number): MpegInfo {
  if (start + 4 > bytes.length) return { frames: undefined, skipFrames: 0, paddingFrames: 0 };
  const flags = bytes.readUInt32BE(start);
  let at = start + 4;
  const frames = flags & 1 && at + 4 <= bytes.length ? bytes.readUInt32BE(at) || undefined : undefined;
  at += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (at + 24 > bytes.length || !trustedEncoders.includes(bytes.toString('latin1', at, at + 4))) {
    return { frames, skipFrames: 0, paddingFrames: 0 };
  }
  const packed = bytes.readUIntBE(at + 21, 3);
  return {
    frames,
    skipFrames: (packed >> 12) + decoderDelayFrames,
    paddingFrames: frames === undefined ? 0 : Math.max(0, (packed & 0xfff) - decoderDelayFrames),
  };
}
