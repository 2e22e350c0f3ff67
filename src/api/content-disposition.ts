import { fileName } from './file-name.ts';

/**
 * `Content-Disposition` of bytes that carry a user's name: ASCII for old clients, RFC 8187 for the others.
 *
 * @param name as the user gave it, or null
 * @param mediaType sets the extension, whatever the name had
 */
export function contentDisposition(name: string | null, mediaType: string): string {
  const { stem, extension } = fileName(name, mediaType);
  const full = `${stem}.${extension}`;
  return `inline; filename="${full.replace(/[^\w.\- ()]/g, '_')}"; filename*=UTF-8''${encodeExtended(full)}`;
}

/** Percent-encoding with the four characters that RFC 8187 wants and encodeURIComponent leaves. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
