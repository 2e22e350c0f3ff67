/** kbit/s by index, of version 1 and of versions 2 and 2.5; layer III. */
const bitRates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const sampleRatesHz = [44_100, 48_000, 32_000] as const;

export interface Mp3Frame {
  readonly sizeBytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of version 1. */
  readonly isFirst: boolean;
}

/**
 * The frame that begins here. Those of free format, whose size is nowhere said, are not known.
 *
 * @see ISO/IEC 11172-3, section 2.4.1.3; ISO/IEC 13818-3
 */
export function mp3Frame(bytes: Buffer): Mp3Frame | undefined {
  if (bytes.length < 4) return undefined;
  const bits = bytes.readUInt32BE(0);
  const [version, layer] = [(bits >>> 19) & 3, (bits >>> 17) & 3];
  const [bitRate, sampleRate] = [(bits >>> 12) & 15, (bits >>> 10) & 3];
  if (bits >>> 21 !== 0x7ff || version === 1 || layer !== 1 || bitRate === 0 || bitRate === 15) return undefined;
  const baseHz = sampleRatesHz[sampleRate];
  if (baseHz === undefined) return undefined;
  const isFirst = version === 3;
  const sampleRateHz = baseHz / (isFirst ? 1 : version === 2 ? 2 : 4);
  const samples = isFirst ? 1_152 : 576;
  const kbps = bitRates[isFirst ? 0 : 1][bitRate] ?? 0;
  const sizeBytes = Math.floor((samples * 125 * kbps) / sampleRateHz) + ((bits >>> 9) & 1);
  return { sizeBytes, samples, sampleRateHz, channels: ((bits >>> 6) & 3) === 3 ? 1 : 2, isFirst };
}
