const maxLength = 255;
/** Controls, line separators, and the marks that make `gpj.exe` read as `exe.jpg`. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * What the uploader called the file, made fit to be shown: the last part of a path, printable, at most 255 UTF-16
 * units, in Unicode's composed form. It is never used as a path.
 *
 * @returns null when nothing of it is left
 */
export function displayName(name: string | null): string | null {
  const base = (name ?? '').toWellFormed().replace(unprintable, '').split(/[/\\]/).at(-1) ?? '';
  const composed = base.normalize('NFC').trim();
  const whole = composed.slice(0, maxLength);
  // A pair cut in two would not be text any more.
  const shown = (whole.isWellFormed() ? whole : whole.slice(0, -1)).trimEnd();
  return /^\.*$/.test(shown) ? null : shown;
}
