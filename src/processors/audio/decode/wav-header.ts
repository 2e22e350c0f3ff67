export interface WavHeader {
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bytesPerSecond: number;
  readonly bitsPerSample: number;
  /** Where the sound begins. */
  readonly dataStart: number;
}

/** ffmpeg's is 44 or 68 bytes. */
export const longestHeaderBytes = 1_024;

/**
 * What ffmpeg writes before the sound.
 *
 * @returns nothing as long as the bytes end before the sound begins
 */
export function readWavHeader(bytes: Buffer): WavHeader | undefined {
  let format: Omit<WavHeader, 'dataStart'> | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [type, size] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    if (type === 'data') return format && { ...format, dataStart: at + 8 };
    if (type === 'fmt ' && at + 24 <= bytes.length) {
      format = {
        channels: bytes.readUInt16LE(at + 10),
        sampleRateHz: bytes.readUInt32LE(at + 12),
        bytesPerSecond: bytes.readUInt32LE(at + 16),
        bitsPerSample: bytes.readUInt16LE(at + 22),
      };
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** The sizes that a program cannot know that writes to a pipe, and where they stand. */
export function wavSizes(dataStart: number, dataBytes: number): readonly (readonly [at: number, value: Buffer])[] {
  return [
    [4, uint32(dataStart - 8 + dataBytes)],
    [dataStart - 4, uint32(dataBytes)],
  ];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
