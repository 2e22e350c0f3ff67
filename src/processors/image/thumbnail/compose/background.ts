import sharp, { type Sharp } from 'sharp';
import type { Box } from '#processors/shared/image/alpha.ts';
import { type Picture, pictureOf, withAlpha } from '#processors/shared/image/decode.ts';
import { decodeRegion, type PictureFacts } from '#processors/shared/image/decode-region.ts';
import type { PictureSource } from '#processors/shared/image/readable-picture.ts';
import type { Settings } from '../settings.ts';
import { gradientRaster } from './gradient.ts';
import { emptyRaster, lay, plainRaster, type Raster, type Rgb, rgbOf } from './raster.ts';

export interface OpenedPicture {
  readonly source: PictureSource;
  readonly facts: PictureFacts;
}

type Canvas = Pick<Settings, 'widthPx' | 'heightPx'>;

/**
 * The canvas with what is behind everything.
 *
 * @param input opens an input once, however often it is asked for
 * @param firstPhoto index of the first product's photograph
 */
export async function backgroundRaster(
  settings: Settings,
  input: (index: number) => Promise<OpenedPicture>,
  firstPhoto: number,
): Promise<Raster> {
  const { widthPx, heightPx, background, format } = settings;
  switch (background.kind) {
    case 'colour':
      return plainRaster(widthPx, heightPx, rgbOf(background.colour));
    case 'transparent':
      return format === 'jpeg' ? plainRaster(widthPx, heightPx, [255, 255, 255]) : emptyRaster(widthPx, heightPx);
    case 'gradient':
      return gradientRaster(widthPx, heightPx, background);
    case 'original':
      return over([255, 255, 255], await covering(await input(firstPhoto), settings, background.blurPercent));
    case 'image': {
      const colour = rgbOf(background.colour);
      const picture = await input(background.input);
      if (background.fit === 'cover') return over(colour, await covering(picture, settings, background.blurPercent));
      const raster = plainRaster(widthPx, heightPx, colour);
      await layWhole(raster, picture, background.fit, sigmaOf(settings, background.blurPercent));
      return raster;
    }
  }
}

/** What is seen through a picture is of one colour. */
function over(colour: Rgb, picture: Picture): Raster {
  const { widthPx, heightPx, rgb, alpha } = picture;
  if (alpha === undefined) return { widthPx, heightPx, channels: 3, data: rgb };
  const raster = plainRaster(widthPx, heightPx, colour);
  lay(raster, { leftPx: 0, topPx: 0, ...picture });
  return raster;
}

function sigmaOf({ widthPx, heightPx }: Canvas, blurPercent: number): number {
  return (Math.min(widthPx, heightPx) * blurPercent) / 100;
}

/** Wider blurs are made on a smaller picture. */
const finestSigmaPx = 3;

/** The middle of a picture, filling the canvas. */
async function covering({ source, facts }: OpenedPicture, canvas: Canvas, blurPercent: number): Promise<Picture> {
  const sigmaPx = sigmaOf(canvas, blurPercent);
  const factor = Math.max(1, Math.floor(sigmaPx / finestSigmaPx));
  const widthPx = Math.ceil(canvas.widthPx / factor);
  const heightPx = Math.ceil(canvas.heightPx / factor);
  const scale = Math.max(widthPx / facts.widthPx, heightPx / facts.heightPx);
  const scaled = scaledBy(facts, scale, { widthPx, heightPx });
  const middle = {
    leftPx: Math.floor((scaled.widthPx - widthPx) / 2),
    topPx: Math.floor((scaled.heightPx - heightPx) / 2),
    widthPx,
    heightPx,
  };
  return await blurredTo(await decodeRegion(source, facts, scaled, middle), sigmaPx / factor, canvas);
}

async function blurredTo(picture: Picture, sigmaPx: number, { widthPx, heightPx }: Canvas): Promise<Picture> {
  if (sigmaPx < 0.3) return picture;
  const blurred = await pictureOf(sharpOf(picture).blur(sigmaPx));
  if (blurred.widthPx === widthPx && blurred.heightPx === heightPx) return blurred;
  return await pictureOf(sharpOf(blurred).resize(widthPx, heightPx, { fit: 'fill', kernel: 'mitchell' }));
}

function sharpOf({ widthPx: width, heightPx: height, rgb, alpha }: Picture): Sharp {
  if (alpha === undefined) return sharp(rgb, { raw: { width, height, channels: 3 } });
  return sharp(withAlpha(rgb, alpha), { raw: { width, height, channels: 4 } });
}

/** Seen whole in the middle, or repeated from the upper left corner at its own size, but no larger than the canvas. */
async function layWhole(
  raster: Raster,
  { source, facts }: OpenedPicture,
  fit: 'contain' | 'tile',
  sigmaPx: number,
): Promise<void> {
  const fitted = Math.min(raster.widthPx / facts.widthPx, raster.heightPx / facts.heightPx);
  const scaled = scaledBy(facts, fit === 'contain' ? fitted : Math.min(1, fitted), { widthPx: 1, heightPx: 1 });
  const whole: Box = { leftPx: 0, topPx: 0, ...scaled };
  const tile = await blurredTo(await decodeRegion(source, facts, scaled, whole), sigmaPx, scaled);
  if (fit === 'contain') {
    const leftPx = Math.round((raster.widthPx - tile.widthPx) / 2);
    const topPx = Math.round((raster.heightPx - tile.heightPx) / 2);
    return lay(raster, { ...tile, leftPx, topPx });
  }
  // A tile may be one pixel: libvips repeats it, not a loop over layers.
  const [right, bottom] = [raster.widthPx - tile.widthPx, raster.heightPx - tile.heightPx];
  const repeated = await pictureOf(sharpOf(tile).extend({ right, bottom, extendWith: 'repeat' }));
  lay(raster, { ...repeated, leftPx: 0, topPx: 0 });
}

function scaledBy({ widthPx, heightPx }: Canvas, scale: number, least: Canvas): Canvas {
  return {
    widthPx: Math.max(least.widthPx, Math.round(widthPx * scale)),
    heightPx: Math.max(least.heightPx, Math.round(heightPx * scale)),
  };
}
