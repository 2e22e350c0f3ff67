/** The four bytes before each frame of MPEG audio. @see ISO/IEC 11172-3, section 2.4.1.3; 13818-3 */
export interface MpegFrameHeader {
  readonly layer: 1 | 2 | 3;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  /** Frames of samples in it. */
  readonly frames: number;
  /** Bytes of the frame, this header included. */
  readonly sizeBytes: number;
  /** Bytes between this header and what encoders hide in a first, silent frame. */
  readonly sideBytes: number;
  /** What all frames of a stream have in common. */
  readonly kind: string;
}

const bitRates: Readonly<Record<string, readonly number[]>> = {
  '1/1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1/2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2/1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2/2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const sampleRates = [44_100, 48_000, 32_000];

export function readMpegHeader(bytes: Uint8Array, at = 0): MpegFrameHeader | undefined {
  const [sync, kind, rates, mode] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (sync !== 0xff || kind === undefined || rates === undefined || mode === undefined) return undefined;
  if ((kind & 0xe0) !== 0xe0) return undefined;
  const versionBits = (kind >> 3) & 3;
  const layer = (4 - ((kind >> 1) & 3)) as 1 | 2 | 3 | 4;
  const rateIndex = (rates >> 2) & 3;
  const bitRateIndex = rates >> 4;
  if (versionBits === 1 || layer === 4 || rateIndex === 3 || bitRateIndex === 15) return undefined;
  // A free bit rate, which no file in the wild has and neither ffmpeg nor mpg123 as we have it reads.
  if (bitRateIndex === 0) return undefined;
  // Version 2.5 halves once more.
  const isFirstVersion = versionBits === 3;
  const sampleRateHz = (sampleRates[rateIndex] ?? 0) >> (isFirstVersion ? 0 : versionBits === 2 ? 1 : 2);
  const channels = mode >> 6 === 3 ? 1 : 2;
  const table = isFirstVersion ? `1/${layer}` : layer === 1 ? '2/1' : '2/2';
  const bitRate = (bitRates[table]?.[bitRateIndex] ?? 0) * 1_000;
  const frames = layer === 1 ? 384 : layer === 2 || isFirstVersion ? 1_152 : 576;
  const slotBytes = layer === 1 ? 4 : 1;
  const paddingBytes = ((rates >> 1) & 1) * slotBytes;
  const slots = Math.floor((frames / 8 / slotBytes) * (bitRate / sampleRateHz));
  return {
    layer,
    sampleRateHz,
    channels,
    frames,
    sizeBytes: slots * slotBytes + paddingBytes,
    sideBytes: isFirstVersion ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17,
    kind: `${versionBits}/${layer}/${rateIndex}`,
  };
}
