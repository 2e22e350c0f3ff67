import type { MediaInfo } from '../../contract.ts';

/** The pictures that every image processor reads, as sniffed from content. */
export const pictureTypes: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
];

/** Of all inputs together. */
export function megapixelsOf(inputs: readonly MediaInfo[]): number {
  return inputs.reduce((sum, { widthPx = 0, heightPx = 0 }) => sum + (widthPx * heightPx) / 1e6, 0);
}
