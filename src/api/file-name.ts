import { displayName } from '#assets/display-name.ts';

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'audio/aac': 'aac',
  'audio/aacp': 'aac',
  'audio/aiff': 'aiff',
  'audio/flac': 'flac',
  'audio/matroska': 'mka',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/webm': 'webm',
  'audio/x-caf': 'caf',
  'audio/x-m4a': 'm4a',
  'audio/x-ogg': 'ogg',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tiff',
  'image/webp': 'webp',
  'text/html': 'html',
};

/**
 * What bytes that carry a user's name are called where they are kept, in two parts.
 *
 * @param name as the user gave it, or null; leading dots and dashes go, so that it is neither hidden nor an option
 * @param mediaType sets the extension, whatever the name had
 */
export function fileName(
  name: string | null,
  mediaType: string,
): { readonly stem: string; readonly extension: string } {
  const visible = (displayName(name) ?? '').replace(/^[.\-\s]+/, '');
  const [, stem, ownExtension] = /^(.*?)(?:\.([A-Za-z0-9]{1,5}))?$/u.exec(visible) ?? [];
  return { stem: stem || 'file', extension: extensions[mediaType] ?? ownExtension ?? 'bin' };
}
