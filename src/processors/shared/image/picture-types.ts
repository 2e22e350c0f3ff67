import type { MediaInfo } from '../../contract.ts';

/** The pictures that every image processor reads, as sniffed from content. */
export const pictureTypes: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
];

/** Of all inputs together. */
export function megapixelsOf(inputs: readonly MediaInfo[]): number {
  return inputs.reduce((sum, { widthPx = 0, heightPx = 0 }) => sum + (widthPx * heightPx) / 1e6, 0);
}

/** Measured: libheif's planes and colours, the copy that sharp reads, and what is not yet given back. */
const heicBytesPerPixel = 14;

/** Memory that is needed before the first pixel: sharp decodes as it goes, HEIC is decoded whole. */
export function openingBytes(inputs: readonly MediaInfo[]): number {
  return megapixelsOf(inputs.filter(({ mediaType }) => mediaType === 'image/heic')) * 1e6 * heicBytesPerPixel;
}
