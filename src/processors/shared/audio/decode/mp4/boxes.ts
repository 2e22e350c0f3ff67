import type { ByteSource } from '../byte-source.ts';
import { mediaInvalid } from '../media-invalid.ts';

/** Where the content of a box lies. */
export interface Mp4Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** More than any program writes; each costs a read. */
const maxBoxes = 65_536;
/** Tables of a recording of days. */
const maxTableBytes = 67_108_864;

/**
 * The boxes inside another, in order.
 *
 * @see ISO/IEC 14496-12, section 4.2
 */
export function* mp4Boxes(source: ByteSource, start: number, end: number): Generator<Mp4Box> {
  let count = 0;
  for (let position = start; position + 8 <= end; count += 1) {
    const header = source.upTo(position, 16);
    if (header.length < 8 || count > maxBoxes) return;
    const type = header.toString('latin1', 4, 8);
    let sizeBytes = header.readUInt32BE(0);
    let headerBytes = 8;
    if (sizeBytes === 1 && header.length === 16) {
      sizeBytes = Number(header.readBigUInt64BE(8));
      headerBytes = 16;
    } else if (sizeBytes === 0) sizeBytes = end - position;
    if (sizeBytes < headerBytes) throw mediaInvalid(`The MP4 file is damaged at byte ${position}.`);
    yield { type, start: position + headerBytes, end: Math.min(position + sizeBytes, end) };
    position += sizeBytes;
  }
}

/** The first box that is found by going down through `path`. */
export function findMp4Box(source: ByteSource, within: Mp4Box, ...path: readonly string[]): Mp4Box | undefined {
  let box: Mp4Box | undefined = within;
  for (const type of path) {
    if (box === undefined) return undefined;
    const { start, end }: Mp4Box = box;
    box = undefined;
    for (const child of mp4Boxes(source, start, end)) {
      if (child.type !== type) continue;
      box = child;
      break;
    }
  }
  return box;
}

/** All bytes of a box that is a table, copied. */
export function tableBytes(source: ByteSource, box: Mp4Box): Buffer {
  const sizeBytes = box.end - box.start;
  const bytes = sizeBytes > maxTableBytes ? undefined : source.bytes(box.start, sizeBytes);
  if (bytes === undefined) throw mediaInvalid('The MP4 file is damaged or cut off in its tables.');
  return Buffer.from(bytes);
}
