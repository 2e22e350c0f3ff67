import type { ByteSource } from '../byte-source.ts';
import { mediaInvalid } from '../media-invalid.ts';

/** @see RFC 3533, section 6 */
export interface OggPage {
  readonly serial: number;
  readonly sequence: number;
  /** Position in the stream at the end of the last packet that ends here; undefined when none does. */
  readonly granule: number | undefined;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The whole page, valid until the next one. */
  readonly bytes: Buffer;
  /** Where the packets begin in `bytes`. */
  readonly bodyStart: number;
}

const headerBytes = 27;
const maxPageBytes = headerBytes + 255 + 255 * 255;
const noGranule = 0xffff_ffff_ffff_ffffn;

/**
 * All pages from the beginning, each with a right checksum.
 *
 * @throws AppError MEDIA_INVALID where one is damaged, cut off or missing
 */
export function* oggPages(source: ByteSource): Generator<OggPage> {
  const sequences = new Map<number, number>();
  let hasEnded = false;
  for (let position = 0; position < source.sizeBytes; ) {
    const bytes = source.upTo(position, maxPageBytes);
    const page = readPage(bytes);
    if (page === undefined) {
      // Some programs leave a tag or zeros behind the end.
      if (hasEnded) return;
      throw mediaInvalid(`The Ogg file is damaged or cut off at byte ${position}.`);
    }
    const previous = sequences.get(page.serial);
    if (!page.isFirst && previous !== undefined && page.sequence !== previous + 1) {
      throw mediaInvalid(
        `The Ogg file is damaged: before byte ${position}, page ${previous + 1} is missing; page ${page.sequence} follows.`,
      );
    }
    sequences.set(page.serial, page.sequence);
    hasEnded = page.isLast;
    yield page;
    position += page.bytes.length;
  }
}

/** The page at the beginning of `bytes`; undefined where there is none, or not all of it, or its checksum is wrong. */
function readPage(bytes: Buffer): OggPage | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 4) !== 'OggS' || bytes[4] !== 0) return undefined;
  const segments = bytes.readUInt8(26);
  const bodyStart = headerBytes + segments;
  if (bytes.length < bodyStart) return undefined;
  let sizeBytes = bodyStart;
  for (let i = headerBytes; i < bodyStart; i += 1) sizeBytes += bytes.readUInt8(i);
  if (bytes.length < sizeBytes) return undefined;
  const page = bytes.subarray(0, sizeBytes);
  if (pageChecksum(page) !== page.readUInt32LE(22)) return undefined;
  const flags = page.readUInt8(5);
  const granule = page.readBigUInt64LE(6);
  return {
    serial: page.readUInt32LE(14),
    sequence: page.readUInt32LE(18),
    granule: granule === noGranule ? undefined : Number(granule),
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    bytes: page,
    bodyStart,
  };
}

/**
 * Granule of the file's last page, if it belongs to this stream. A glance: it is found by its capture pattern and its
 * checksum.
 */
export function lastGranule(source: ByteSource, serial: number): number | undefined {
  const start = Math.max(0, source.sizeBytes - 2 * maxPageBytes);
  const bytes = source.upTo(start, 2 * maxPageBytes);
  for (let at = bytes.lastIndexOf('OggS'); at >= 0; at = at > 0 ? bytes.lastIndexOf('OggS', at - 1) : -1) {
    const page = readPage(bytes.subarray(at));
    if (page?.serial === serial && page.granule !== undefined) return page.granule;
  }
  return undefined;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** Of a page whose own checksum counts as zero. */
export function pageChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i += 1) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] as number);
    crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] as number);
  }
  return crc >>> 0;
}
