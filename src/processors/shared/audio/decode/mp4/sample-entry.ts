import { mediaInvalid } from '../media-invalid.ts';

/** What a track says of its codec. */
export interface SampleEntry {
  /** Four characters: `mp4a`, `alac`, `ac-3` … */
  readonly type: string;
  /** MPEG's number of the codec in `mp4a`: 0x40 is AAC, 0x6b MP3. */
  readonly objectType: number | undefined;
  /** AudioSpecificConfig. */
  readonly config: Buffer | undefined;
}

const boxHeaderBytes = 8;
/** Of an audio entry, before its boxes; QuickTime's versions 1 and 2 have more. */
const entryBytes = [28, 44, 64];

/**
 * The first entry of an `stsd` box.
 *
 * @param table content of the box
 * @see ISO/IEC 14496-12, section 8.5.2; 14496-1, section 7.2.6 (descriptors)
 */
export function readSampleEntry(table: Buffer): SampleEntry {
  if (table.length < 8 + boxHeaderBytes + 28)
    throw mediaInvalid('The MP4 file is damaged: its codec is not described.');
  const entry = table.subarray(8);
  const type = entry.toString('latin1', 4, 8);
  const version = entry.readUInt16BE(boxHeaderBytes + 8);
  const esds = findEsds(entry.subarray(boxHeaderBytes + (entryBytes[version] ?? 28)), 2);
  return { type, ...readDescriptors(esds) };
}

/** QuickTime hides it in a box `wave`. */
function findEsds(bytes: Buffer, depth: number): Buffer | undefined {
  for (let at = 0; at + boxHeaderBytes <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size < boxHeaderBytes) return undefined;
    const content = bytes.subarray(at + boxHeaderBytes, at + size);
    if (type === 'esds') return content.subarray(4);
    if (type === 'wave' && depth > 0) return findEsds(content, depth - 1);
    at += size;
  }
  return undefined;
}

function readDescriptors(bytes: Buffer | undefined): Pick<SampleEntry, 'objectType' | 'config'> {
  const stream = descriptor(bytes, 3);
  const flags = stream?.[2] ?? 0;
  const skipped = 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x40 ? 1 + (stream?.[3] ?? 0) : 0) + (flags & 0x20 ? 2 : 0);
  const decoder = descriptor(stream?.subarray(skipped), 4);
  return { objectType: decoder?.[0], config: descriptor(decoder?.subarray(13), 5) };
}

/** The content of the descriptor that `bytes` begin with, if it has this tag. */
function descriptor(bytes: Buffer | undefined, tag: number): Buffer | undefined {
  if (bytes === undefined || bytes[0] !== tag) return undefined;
  let size = 0;
  let at = 1;
  for (let more = true; more && at < 5; at += 1) {
    const byte = bytes[at] ?? 0;
    size = (size << 7) | (byte & 0x7f);
    more = byte >= 0x80;
  }
  return bytes.subarray(at, at + size);
}
