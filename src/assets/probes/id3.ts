import type { FileWindow } from './file-window.ts';

/**
 * Where a file begins behind the ID3 tags at its start, however large they claim to be.
 *
 * @see ID3 tag version 2.4.0, section 3.1
 */
export async function tagsBytes(file: FileWindow): Promise<number> {
  let offset = 0;
  for (;;) {
    const header = await file.bytes(offset, 10);
    if (header?.toString('latin1', 0, 3) !== 'ID3') return offset;
    const footerBytes = header.readUInt8(5) & 0x10 ? 10 : 0;
    offset += 10 + footerBytes + header.subarray(6).reduce((size, byte) => size * 128 + (byte & 0x7f), 0);
  }
}
