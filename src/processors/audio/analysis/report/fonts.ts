import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Fonts {
  readonly regular: Buffer;
  readonly bold: Buffer;
}

const lettersDir = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/inter/package.json')));
const directoryStart = 12;
const recordBytes = 16;
/** Tables that move letters together or exchange them. */
const layoutTables = ['GPOS', 'GSUB', 'kern'];

/**
 * Inter, as npm brings it, with every letter at its own width: it would draw the dot of 5.1 so close that 51 is read,
 * and to lay out a report would take twenty times as long.
 */
export function loadFonts(): Fonts {
  return { regular: plainFont('400Regular'), bold: plainFont('600SemiBold') };
}

function plainFont(name: string): Buffer {
  const font = readFileSync(join(lettersDir, name, `Inter_${name}.ttf`));
  const tables = font.readUInt16BE(4);
  for (let table = 0; table < tables; table++) {
    const at = directoryStart + table * recordBytes;
    // A table that nobody knows is skipped by all readers.
    if (layoutTables.includes(font.toString('latin1', at, at + 4))) font.write('none', at, 'latin1');
  }
  return font;
}
