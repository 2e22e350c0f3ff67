import type { ByteSource } from './byte-source.ts';

const maxTags = 16;

/**
 * Where the recording begins behind ID3v2 tags: they may be large, with pictures in them, and there may be several.
 *
 * @see ID3 tag version 2.4.0, section 3.1
 */
export function skipId3(source: ByteSource, start: number): number {
  let position = start;
  for (let count = 0; count < maxTags; count += 1) {
    const header = source.bytes(position, 10);
    if (header === undefined || header.toString('latin1', 0, 3) !== 'ID3') break;
    const hasFooter = (header.readUInt8(5) & 0x10) !== 0;
    position += 10 + synchsafe(header, 6) + (hasFooter ? 10 : 0);
  }
  return position;
}

/** Four bytes of seven bits. */
function synchsafe(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i += 1) value = (value << 7) | (bytes.readUInt8(at + i) & 0x7f);
  return value;
}

/**
 * Where the recording ends before the tags that old programs write behind it.
 *
 * @see ID3v1; APEv2
 */
export function beforeTailTags(source: ByteSource): number {
  let end = source.sizeBytes;
  if (source.bytes(end - 128, 3)?.toString('latin1') === 'TAG') end -= 128;
  const footer = source.bytes(end - 32, 32);
  if (footer?.toString('latin1', 0, 8) === 'APETAGEX') {
    const hasHeader = footer.readUInt32LE(20) >>> 31 === 1;
    const tagBytes = footer.readUInt32LE(12) + (hasHeader ? 32 : 0);
    if (tagBytes <= end) end -= tagBytes;
  }
  return end;
}
