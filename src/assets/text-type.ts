const textKinds: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/<svg[\s>]/i, 'an SVG drawing'],
  [/<!doctype html|<html[\s>]/i, 'an HTML page'],
  [/^#EXTM3U/, 'a playlist (m3u8)'],
  [/^ffconcat version/, 'a list of files for FFmpeg'],
  [/^push graphic-context/m, 'an MVG drawing'],
  [/<office:document/, 'an office document'],
  [/^\s*<\?xml/, 'an XML document'],
];

/** Whether the bytes are text in UTF-8 or UTF-16, judged by the absence of what text does not contain. */
export function looksLikeText(head: Buffer): boolean {
  if (head.length >= 2 && [0xfeff, 0xfffe].includes(head.readUInt16BE(0))) return true;
  return !head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));
}

/** The kind of text, as it completes "This is …". */
export function nameText(head: Buffer): string {
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  return textKinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'a text file';
}
