import { crc32, deflateRawSync } from 'node:zlib';
import { uint32LE } from '../../support/media-builders.ts';

export interface Entry {
  /** As it stands in the archive; nothing is made of it. */
  readonly name: string;
  readonly content: Buffer;
  /** What stands there instead of the content, packed already. */
  readonly packed?: Buffer;
  readonly claimedBytes?: number;
  /** As Unix has it: a symbolic link is 0o120777. */
  readonly unixMode?: number;
}

export interface ZipLies {
  /** How many entries its end says that it has. */
  readonly claimedEntries?: number;
  /** How often its table of contents names them. */
  readonly repeat?: number;
}

/**
 * An archive as nobody writes it who means well.
 *
 * @see APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16
 */
export function zipOf(entries: readonly Entry[], { claimedEntries, repeat = 1 }: ZipLies = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { content, packed = deflateRawSync(content), unixMode = 0o100644 } = entry;
    const name = Buffer.from(entry.name);
    const sizes = [uint32LE(crc32(content)), uint32LE(packed.length), uint32LE(entry.claimedBytes ?? content.length)];
    const common = Buffer.concat([
      Buffer.from('14000008080000000000', 'hex'),
      ...sizes,
      uint16LE(name.length),
      uint16LE(0),
    ]);
    locals.push(Buffer.from('PK\x03\x04'), common, name, packed);
    const mode = uint32LE((unixMode << 16) >>> 0);
    directory.push(Buffer.from('PK\x01\x02'), uint16LE(0x031e), common, Buffer.alloc(6), mode, uint32LE(offset), name);
    offset += 4 + common.length + name.length + packed.length;
  }
  const table = Buffer.concat(Array<Buffer>(repeat).fill(Buffer.concat(directory)));
  const count = claimedEntries ?? entries.length * repeat;
  const local = Buffer.concat(locals);
  return Buffer.concat([local, table, ...endOf(count, table.length, local.length)]);
}

/** With more entries than 16 bits can count, the end of ZIP64 stands before the usual one. */
function endOf(count: number, tableBytes: number, tableOffset: number): Buffer[] {
  const isLarge = count > 0xffff;
  const usual = [
    Buffer.from('PK\x05\x06\0\0\0\0'),
    uint16LE(Math.min(count, 0xffff)),
    uint16LE(Math.min(count, 0xffff)),
    uint32LE(tableBytes),
    uint32LE(tableOffset),
    uint16LE(0),
  ];
  if (!isLarge) return usual;
  const large = Buffer.alloc(56);
  large.write('PK\x06\x06');
  large.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) large.writeBigUInt64LE(BigInt(count), at);
  large.writeBigUInt64LE(BigInt(tableBytes), 40);
  large.writeBigUInt64LE(BigInt(tableOffset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07');
  locator.writeBigUInt64LE(BigInt(tableOffset + tableBytes), 8);
  locator.writeUInt32LE(1, 16);
  return [large, locator, ...usual];
}

function uint16LE(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
