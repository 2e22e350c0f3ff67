const maxLength = 200;
// Controls, and the marks that make "gpj.exe" read as "exe.jpg".
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/heic': 'heic',
  'application/json': 'json',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/flac': 'flac',
};

/** What an uploader called the file, made fit to be shown and stored; null when nothing of it is left. */
export function cleanName(name: string | undefined): string | null {
  const base = (name ?? '').toWellFormed().replace(unprintable, '').split(/[/\\]/).at(-1) ?? '';
  const clean = [...base.normalize('NFC').trim()].slice(0, maxLength).join('');
  return clean === '' || /^\.+$/.test(clean) ? null : clean;
}

/**
 * `Content-Disposition` for a download: ASCII for old clients, RFC 8187 for the others.
 *
 * @param name as the user gave it, or null; leading dots and dashes go, so that it is neither hidden nor an option
 * @param mediaType sets the extension when the name has another one or none
 */
export function contentDisposition(name: string | null, mediaType: string): string {
  const [, stem = '', ownExtension] = /^(.*?)(?:\.([A-Za-z0-9]{1,5}))?$/u.exec(visibleName(name)) ?? [];
  const extension = extensions[mediaType] ?? ownExtension ?? 'bin';
  const full = `${stem || 'file'}.${extension}`;
  const ascii = full.replace(/[^\w.\- ()]/g, '_');
  const encoded = encodeURIComponent(full).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function visibleName(name: string | null): string {
  return (cleanName(name ?? '') ?? '').replace(/^[.\-\s]+/, '');
}
