import huffman from 'aac/src/huffman.js';
import type { BitReader } from './bit-reader.ts';

/** Codes up to this long are found in one step, longer ones in two. */
const firstBits = 9;

/** A Huffman code. Each entry of its tables is `symbol · 32 + bits`, or the negative index of a second table. */
export interface Codebook {
  readonly entries: Int32Array;
  readonly maxBits: number;
  /** `dimension` values for each symbol. */
  readonly values: Int8Array;
  readonly dimension: number;
}

/** @returns the symbol's number */
export function readSymbol(bits: BitReader, { entries, maxBits }: Codebook): number {
  let entry = entries[bits.peek(firstBits)] as number;
  if (entry < 0) {
    const rest = bits.peek(maxBits) & ((1 << (maxBits - firstBits)) - 1);
    entry = entries[rest - entry] as number;
  }
  if (entry === 0) throw new RangeError('a code that is in no table');
  bits.position += entry & 31;
  return entry >> 5;
}

/** @see ISO/IEC 14496-3, tables 4.A.2 to 4.A.12: codebooks 1 … 11, at their numbers */
export const spectralCodebooks: readonly (Codebook | undefined)[] = [
  undefined,
  ...Array.from({ length: 11 }, (_, i) =>
    buildCodebook(capture((tables) => huffman.decodeSpectralData.call(tables, undefined, i + 1, [], 0))),
  ),
];

/** @see table 4.A.1 */
export const scaleFactorCodebook = buildCodebook(
  capture((tables) => huffman.decodeScaleFactor.call(tables, undefined)),
);

type CodeTable = readonly (readonly number[])[];

/** The package shows a codebook to nobody but the function that searches it: this stands in for that. */
function capture(use: (tables: ThisParameterType<typeof huffman.decodeScaleFactor>) => void): CodeTable {
  let captured: CodeTable = [];
  use({
    findOffset(_stream, table) {
      captured = table;
      return 0;
    },
    signValues: () => undefined,
    getEscape: () => 0,
  });
  return captured;
}

/** @param table of [bits, code, …values] */
function buildCodebook(table: CodeTable): Codebook {
  const maxBits = Math.max(firstBits, ...table.map(([bits = 0]) => bits));
  const secondSize = 1 << (maxBits - firstBits);
  const dimension = (table[0]?.length ?? 0) - 2;
  const longPrefixes = new Map<number, number>();
  for (const [bits = 0, code = 0] of table) {
    const prefix = code >> (bits - firstBits);
    if (bits > firstBits && !longPrefixes.has(prefix)) {
      longPrefixes.set(prefix, (1 << firstBits) + longPrefixes.size * secondSize);
    }
  }
  const entries = new Int32Array((1 << firstBits) + longPrefixes.size * secondSize);
  for (const [prefix, start] of longPrefixes) entries[prefix] = -start;
  table.forEach(([bits = 0, code = 0], symbol) => {
    const entry = symbol * 32 + bits;
    if (bits <= firstBits) {
      const start = code << (firstBits - bits);
      entries.fill(entry, start, start + (1 << (firstBits - bits)));
    } else {
      const second = longPrefixes.get(code >> (bits - firstBits)) ?? 0;
      const start = second + ((code << (maxBits - bits)) & (secondSize - 1));
      entries.fill(entry, start, start + (1 << (maxBits - bits)));
    }
  });
  return { entries, maxBits, values: Int8Array.from(table.flatMap((row) => row.slice(2))), dimension };
}
