/** What the first bytes of a FLAC frame say. @see RFC 9639, section 9.1 */
export interface FlacFrameHeader {
  /** Frames of samples in it, all channels together counted once. */
  readonly frames: number;
  /** Index of its first frame of samples where `variable`, else of the FLAC frame. */
  readonly number: number;
  readonly variable: boolean;
  readonly channels: number;
}

/** Sync, sizes, seven bytes of number, two of block size, two of rate, checksum. */
export const maxHeaderBytes = 16;

const crcTable = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  return crc;
});

/** The header at `at`, or undefined where there is none or its checksum is wrong. */
export function readFrameHeader(bytes: Uint8Array, at: number): FlacFrameHeader | undefined {
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xfe) !== 0xf8 || at + 6 > bytes.length) return undefined;
  const sizes = bytes[at + 2] as number;
  const kind = bytes[at + 3] as number;
  const sizeCode = sizes >> 4;
  const rateCode = sizes & 15;
  const assignment = kind >> 4;
  if (sizeCode === 0 || rateCode === 15 || assignment > 10 || (kind & 1) !== 0) return undefined;
  const coded = readCodedNumber(bytes, at + 4);
  if (coded === undefined) return undefined;
  let end = coded.end;
  let frames = blockFrames(sizeCode);
  if (sizeCode === 6) frames = (bytes[end] ?? 0) + 1;
  if (sizeCode === 7) frames = (((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0)) + 1;
  if (sizeCode === 6 || sizeCode === 7) end += sizeCode - 5;
  if (rateCode >= 12) end += rateCode === 12 ? 1 : 2;
  if (end >= bytes.length) return undefined;
  let crc = 0;
  for (let i = at; i < end; i += 1) crc = crcTable[crc ^ (bytes[i] as number)] as number;
  if (crc !== bytes[end]) return undefined;
  const variable = ((bytes[at + 1] as number) & 1) === 1;
  return { frames, number: coded.number, variable, channels: assignment < 8 ? assignment + 1 : 2 };
}

function blockFrames(code: number): number {
  if (code === 1) return 192;
  return code < 6 ? 576 << (code - 2) : 256 << (code - 8);
}

/** Up to 36 bits, packed as UTF-8 packs characters. */
function readCodedNumber(bytes: Uint8Array, at: number): { readonly number: number; readonly end: number } | undefined {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return { number: first, end: at + 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7) return undefined;
  let number = length === 7 ? 0 : first & (0x7f >> length);
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    number = number * 64 + (next & 0x3f);
  }
  return { number, end: at + length };
}
