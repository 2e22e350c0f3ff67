import { fileName } from './file-name.ts';

/** What a name may take on the usual file systems, less the number that a duplicate gets. */
const maxStemBytes = 200;
/** Windows keeps these for itself, or reads them as something else. */
const forbidden = /[<>:"/\\|?*]/g;
/** Devices on Windows, whatever follows the first dot. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Names for the files of one archive: the users' own where they are safe to unpack on Linux, macOS and Windows, with
 * the extension of what is inside. Later ones of the same name are numbered, `photo (2).jpg`; names that differ in
 * case alone are the same, as they are on two of the three.
 *
 * @returns one for each file, in their order
 */
export function archiveNames(files: readonly { readonly name: string | null; readonly mediaType: string }[]): string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return files.map(({ name, mediaType }) => {
    const parts = fileName(name, mediaType);
    const stem = safeStem(parts.stem);
    const wanted = folded(`${stem}.${parts.extension}`);
    let full = `${stem}.${parts.extension}`;
    let number = next.get(wanted) ?? 1;
    while (taken.has(folded(full))) full = `${stem} (${++number}).${parts.extension}`;
    next.set(wanted, number);
    taken.add(folded(full));
    return full;
  });
}

function safeStem(stem: string): string {
  const plain = stem.replace(forbidden, '_');
  const short = shortened(plain).trimEnd();
  return device.test(short) ? `_${short}` : short || 'file';
}

/** Cut between characters as people see them: an accent stays with its letter. */
function shortened(text: string): string {
  if (Buffer.byteLength(text) <= maxStemBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxStemBytes) break;
    kept += segment;
  }
  return kept;
}

function folded(name: string): string {
  return name.toUpperCase().normalize('NFC').toLowerCase();
}
