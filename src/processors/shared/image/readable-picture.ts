import { open, readFile } from 'node:fs/promises';
import { decodeHeif } from './heif/decode-heif.ts';

/** What sharp reads: a path, or a file in memory. */
export type PictureSource = string | Buffer;

const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'];

/**
 * The picture in a form that sharp reads: its own path, or, for HEIC, which sharp's libvips cannot decode, a TIFF in
 * memory with the same pixels and colour profile, upright. Who decodes a picture twice does this once.
 *
 * @throws AppError MEDIA_INVALID, RESOURCE_LIMIT
 */
export async function readablePicture(path: string): Promise<PictureSource> {
  return (await isHeic(path)) ? decodeHeif(await readFile(path)) : path;
}

/** By its content, as uploads are recognised: the major brand, or the others where that is a general one. */
async function isHeic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(256);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (head.toString('latin1', 4, 8) !== 'ftyp') return false;
    const major = head.toString('latin1', 8, 12);
    if (heicBrands.includes(major)) return true;
    if (major !== 'mif1' && major !== 'msf1') return false;
    const brands: readonly string[] =
      head.toString('latin1', 16, Math.min(head.readUInt32BE(0), bytesRead)).match(/.{4}/gs) ?? [];
    return !brands.includes('avif') && brands.some((brand) => heicBrands.includes(brand));
  } finally {
    await file.close();
  }
}
