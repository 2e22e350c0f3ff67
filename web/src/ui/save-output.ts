const extensions: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'text/html': 'html',
  'application/pdf': 'pdf',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/mpeg': 'mp3',
};

/** What a result is saved as: the photo's name, with the ending of what it is now. */
export function resultName(photoName: string, mediaType: string): string {
  const extension = extensions[mediaType.split(';')[0] ?? ''];
  return extension === undefined ? photoName : `${photoName.replace(/(?<=.)\.[^.]{1,5}$/, '')}.${extension}`;
}

/**
 * Saves a result under its photo's name. The server does not know that name, and a name from the server would win over
 * that of a link: so the bytes are fetched, mostly from the browser's own store.
 *
 * @throws Error when the bytes cannot be had
 */
export async function saveOutput(output: { url: string; mediaType: string }, photoName: string): Promise<void> {
  const response = await fetch(output.url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const url = URL.createObjectURL(await response.blob());
  saveUrl(url, resultName(photoName, output.mediaType));
  // The browser has taken it by then; there is no event that says so.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Lets the browser save what is at an address. */
export function saveUrl(url: string, name = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
