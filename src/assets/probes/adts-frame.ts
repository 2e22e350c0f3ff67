/** By the index that headers of AAC have. */
export const aacSampleRatesHz = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
] as const;
const lowComplexity = 1;
/** HE-AAC doubles the rate that its headers name, and no header says that it does. */
export const highestDoubledRateHz = 24_000;

export interface AdtsFrame {
  readonly sizeBytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  /** 0: said inside. */
  readonly channels: number;
  readonly isLowComplexity: boolean;
}

/**
 * The frame that begins here.
 *
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export function adtsFrame(bytes: Buffer): AdtsFrame | undefined {
  if (bytes.length < 7 || (bytes.readUInt16BE(0) & 0xfff6) !== 0xfff0) return undefined;
  const bits = bytes.readUInt32BE(2);
  const sampleRateHz = aacSampleRatesHz[(bits >>> 26) & 15];
  const sizeBytes = (bits >>> 5) & 0x1fff;
  if (sampleRateHz === undefined || sizeBytes < 8) return undefined;
  return {
    sizeBytes,
    samples: 1_024 * ((bytes.readUInt8(6) & 3) + 1),
    sampleRateHz,
    channels: (bits >>> 22) & 7,
    isLowComplexity: bits >>> 30 === lowComplexity,
  };
}
