import { displayName } from '#assets/display-name.ts';

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'audio/flac': 'flac',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tiff',
  'image/webp': 'webp',
};

/**
 * `Content-Disposition` of bytes that carry a user's name: ASCII for old clients, RFC 8187 for the others.
 *
 * @param name as the user gave it, or null; leading dots and dashes go, so that it is neither hidden nor an option
 * @param mediaType sets the extension, whatever the name had
 */
export function contentDisposition(name: string | null, mediaType: string): string {
  const visible = (displayName(name) ?? '').replace(/^[.\-\s]+/, '');
  const [, stem, ownExtension] = /^(.*?)(?:\.([A-Za-z0-9]{1,5}))?$/u.exec(visible) ?? [];
  const full = `${stem || 'file'}.${extensions[mediaType] ?? ownExtension ?? 'bin'}`;
  return `inline; filename="${full.replace(/[^\w.\- ()]/g, '_')}"; filename*=UTF-8''${encodeExtended(full)}`;
}

/** Percent-encoding with the four characters that RFC 8187 wants and encodeURIComponent leaves. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
