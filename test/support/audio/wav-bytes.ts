export type WavEncoding = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

const bytesPerSample = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 } as const;

/**
 * A plain WAV file: `fmt `, `data`. Integer encodings round to the nearest and clip.
 *
 * @param planar one array for each channel, full scale −1 … 1
 */
export function wavBytes(planar: readonly Float32Array[], sampleRateHz: number, encoding: WavEncoding): Buffer {
  const samples = pcmBytes(planar, encoding);
  const blockAlign = bytesPerSample[encoding] * planar.length;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(encoding.startsWith('f') ? 3 : 1, 0);
  format.writeUInt16LE(planar.length, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * blockAlign, 8);
  format.writeUInt16LE(blockAlign, 12);
  format.writeUInt16LE(bytesPerSample[encoding] * 8, 14);
  return riff([chunk('fmt ', format), chunk('data', samples)]);
}

/** A RIFF file of form WAVE around these chunks. */
export function riff(chunks: readonly Buffer[]): Buffer {
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE', 'latin1'), ...chunks]));
}

/** A chunk with its name and size, padded to an even length. */
export function chunk(name: string, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.write(name, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}

/** Interleaved samples, little-endian. */
export function pcmBytes(planar: readonly Float32Array[], encoding: WavEncoding): Buffer {
  const frames = planar[0]?.length ?? 0;
  const size = bytesPerSample[encoding];
  const bytes = Buffer.alloc(frames * planar.length * size);
  let offset = 0;
  for (let i = 0; i < frames; i += 1) {
    for (const channel of planar) {
      writeSample(bytes, offset, channel[i] ?? 0, encoding);
      offset += size;
    }
  }
  return bytes;
}

function writeSample(bytes: Buffer, offset: number, value: number, encoding: WavEncoding): void {
  if (encoding === 'f32') bytes.writeFloatLE(value, offset);
  else if (encoding === 'f64') bytes.writeDoubleLE(value, offset);
  else if (encoding === 'u8') bytes.writeUInt8(integer(value, 8) + 128, offset);
  else bytes.writeIntLE(integer(value, bytesPerSample[encoding] * 8), offset, bytesPerSample[encoding]);
}

function integer(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
}
