/**
 * Telephone codes: 8 bits for 13 or 14, by a table.
 *
 * @see ITU-T G.711
 * @returns takes one channel out of interleaved bytes
 */
export function companded(law: 'A-law' | 'mu-law') {
  const table = Float32Array.from({ length: 256 }, (_, code) => (law === 'A-law' ? aLaw(code) : muLaw(code)) / 32_768);
  return (input: Uint8Array, channel: number, channelCount: number, output: Float32Array, frames: number): void => {
    for (let i = 0, at = channel; i < frames; i += 1, at += channelCount) {
      output[i] = table[input[at] as number] as number;
    }
  };
}

function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function muLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}
