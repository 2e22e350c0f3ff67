import sharp, { type Sharp } from 'sharp';
import type { Box } from './alpha.ts';
import { decoding, openPicture, type Picture, pictureOf, withAlpha } from './decode.ts';
import type { PictureSource } from './readable-picture.ts';

/** What is known of a picture from its header, as the eye sees it. */
export interface PictureFacts {
  readonly widthPx: number;
  readonly heightPx: number;
  /** EXIF's: 1 is upright. */
  readonly orientation: number;
  readonly hasAlpha: boolean;
}

/** @throws AppError MEDIA_INVALID */
export async function pictureFacts(source: PictureSource): Promise<PictureFacts> {
  const image = await openPicture(source);
  const { autoOrient, orientation = 1, hasAlpha } = await decoding(image.metadata());
  return { widthPx: autoOrient.width, heightPx: autoOrient.height, orientation, hasAlpha };
}

/**
 * Decodes a part of a picture at another size: upright, sRGB, 8 bits. A JPEG is never decoded larger than needed, not
 * even one that lies on its side, which sharp would decode whole to turn it first.
 *
 * @param scaled size of the whole picture
 * @param region of the picture at that size
 * @throws AppError MEDIA_INVALID
 */
export async function decodeRegion(
  source: PictureSource,
  { orientation }: Pick<PictureFacts, 'orientation'>,
  scaled: { readonly widthPx: number; readonly heightPx: number },
  region: Box,
): Promise<Picture> {
  const image = await openPicture(source);
  const lies = orientation >= 5;
  const [width, height] = lies ? [scaled.heightPx, scaled.widthPx] : [scaled.widthPx, scaled.heightPx];
  const resized = image.resize(width, height, { fit: 'fill' }).toColourspace('srgb');
  if (orientation === 1) return await pictureOf(resized.extract(rectangle(region)));
  const stored = await pictureOf(resized);
  const turned = turn(sharp(joined(stored), { raw: { width, height, channels: stored.alpha ? 4 : 3 } }), orientation);
  // What turns comes before what cuts, whatever the order of the calls: two pipelines.
  const upright = await turned.raw().toBuffer({ resolveWithObject: true });
  return await pictureOf(sharp(upright.data, { raw: upright.info }).extract(rectangle(region)));
}

function rectangle({ leftPx: left, topPx: top, widthPx: width, heightPx: height }: Box) {
  return { left, top, width, height };
}

/** @see EXIF 2.3, tag 274 */
function turn(image: Sharp, orientation: number): Sharp {
  switch (orientation) {
    case 2:
      return image.flop();
    case 3:
      return image.rotate(180);
    case 4:
      return image.flip();
    case 5:
      return image.rotate(270).flop();
    case 6:
      return image.rotate(90);
    case 7:
      return image.rotate(90).flop();
    case 8:
      return image.rotate(270);
    default:
      return image;
  }
}

function joined({ rgb, alpha }: Picture): Buffer {
  return alpha === undefined ? rgb : withAlpha(rgb, alpha);
}
