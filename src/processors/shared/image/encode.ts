import type { Sharp } from 'sharp';

export type PictureFormat = 'png' | 'webp' | 'avif' | 'jpeg';

/**
 * Encodes without metadata: what the camera knew of place and owner is not part of a result.
 *
 * @param compression quality of JPEG, WebP and AVIF, 1…100
 */
export function encode(image: Sharp, format: PictureFormat, compression: number): Sharp {
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 6, adaptiveFiltering: false });
    case 'webp':
      return image.webp({ quality: compression, alphaQuality: 100 });
    case 'avif':
      return image.avif({ quality: compression, effort: 2 });
    case 'jpeg':
      return image.jpeg({ quality: compression, mozjpeg: false });
  }
}
