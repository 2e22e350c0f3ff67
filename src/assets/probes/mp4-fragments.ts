import type { FileWindow } from './file-window.ts';
import { type Box, boxesIn, childOf, findBoxIn } from './iso-boxes.ts';

const tfhdHas = { dataOffset: 1, description: 2, duration: 8 } as const;
const trunHas = { dataOffset: 1, firstFlags: 4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 } as const;

/**
 * The time that the fragments of a file add up to, in units of its only sound track.
 *
 * @see ISO/IEC 14496-12, section 8.8
 */
export async function fragmentSamples(file: FileWindow, moov: Box): Promise<number> {
  const trex = await findBoxIn(file, moov, ['mvex', 'trex']);
  const usual = trex === undefined ? 0 : ((await file.bytes(trex.start + 12, 4))?.readUInt32BE(0) ?? 0);
  let units = 0;
  for await (const moof of boxesIn(file, { type: '', start: 0, end: file.sizeBytes })) {
    if (moof.type !== 'moof') continue;
    const traf = await childOf(file, moof, 'traf');
    if (traf === undefined) continue;
    let each = usual;
    for await (const box of boxesIn(file, traf)) {
      if (box.type === 'tfhd') each = (await defaultDuration(file, box)) ?? usual;
      if (box.type === 'trun') units += await runDuration(file, box, each);
    }
  }
  return units;
}

async function defaultDuration(file: FileWindow, { start }: Box): Promise<number | undefined> {
  const flags = (await file.bytes(start, 4))?.readUIntBE(1, 3) ?? 0;
  if ((flags & tfhdHas.duration) === 0) return undefined;
  const at = start + 8 + (flags & tfhdHas.dataOffset ? 8 : 0) + (flags & tfhdHas.description ? 4 : 0);
  return (await file.bytes(at, 4))?.readUInt32BE(0);
}

async function runDuration(file: FileWindow, { start, end }: Box, each: number): Promise<number> {
  const head = await file.bytes(start, 8);
  if (head === undefined) return 0;
  const [flags, samples] = [head.readUIntBE(1, 3), head.readUInt32BE(4)];
  if ((flags & trunHas.duration) === 0) return samples * each;
  const fields = [trunHas.duration, trunHas.size, trunHas.flags, trunHas.offset];
  const entryBytes = 4 * fields.filter((field) => flags & field).length;
  let units = 0;
  let at = start + 8 + (flags & trunHas.dataOffset ? 4 : 0) + (flags & trunHas.firstFlags ? 4 : 0);
  for (let left = samples; left > 0 && at + entryBytes <= end; ) {
    const entries = await file.upTo(at, Math.min(16_384, end - at));
    const count = Math.min(left, Math.floor(entries.length / entryBytes));
    if (count === 0) break;
    for (let index = 0; index < count; index += 1) units += entries.readUInt32BE(index * entryBytes);
    left -= count;
    at += count * entryBytes;
  }
  return units;
}
