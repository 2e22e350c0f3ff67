import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeScene, sceneKinds } from '../../test/support/scenes.ts';

/** A photo of about a megapixel, decoded. */
export interface Photo {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Buffer;
}

const widthPx = 1152;
const heightPx = 896;

/** Every photo of the folder, if there is one, and generated scenes of every kind. */
export async function loadPhotos(dir: string | undefined, scenesOfEachKind: number): Promise<Photo[]> {
  const photos: Photo[] = [];
  const names = dir === undefined ? [] : (await readdir(dir)).filter((name) => /\.(jpe?g|webp)$/i.test(name)).sort();
  for (const name of names) photos.push(await readPhoto(join(dir ?? '', name), name));
  for (let seed = 1; seed <= scenesOfEachKind; seed++) {
    for (const kind of sceneKinds) {
      photos.push({ name: `${kind} ${seed}`, ...makeScene({ seed, kind, widthPx, heightPx }) });
    }
  }
  return photos;
}

/** As JPEG, with one pixel changed: other bytes for each `copy`, so that nothing is known already. */
export async function encodeCopy({ rgb, widthPx: width, heightPx: height }: Photo, copy: number): Promise<Buffer> {
  const changed = Buffer.from(rgb);
  const at = copy * 48; // 16 pixels on: in a JPEG block of its own
  changed[at] = (changed[at] as number) ^ 0x40;
  return await sharp(changed, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function readPhoto(path: string, name: string): Promise<Photo> {
  const { width = 0, height = 0 } = await sharp(path).metadata();
  const scale = Math.sqrt((widthPx * heightPx) / (width * height));
  const { data, info } = await sharp(path)
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize(Math.round(width * scale), Math.round(height * scale), { fit: 'inside' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { name, widthPx: info.width, heightPx: info.height, rgb: data };
}
