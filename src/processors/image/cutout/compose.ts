import sharp, { type Sharp } from 'sharp';
import { type Box, subjectBox } from '#processors/shared/image/alpha.ts';
import { type Picture, withAlpha } from '#processors/shared/image/decode.ts';
import { estimateForeground } from '#processors/shared/image/foreground.ts';
import type { CutoutParams } from './params.ts';

export interface Composed {
  readonly image: Sharp;
  readonly widthPx: number;
  readonly heightPx: number;
}

interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly alpha?: number;
}

/**
 * Puts the subject on its background: colours cleaned, cropped, flattened where a colour was asked for.
 *
 * @param picture its colours are changed in place
 * @param alpha final, at the picture's size
 */
export function compose(picture: Picture, alpha: Buffer, params: CutoutParams): Composed {
  const { widthPx, heightPx } = picture;
  const size = { width: widthPx, height: heightPx };
  const box = (params.crop && subjectBox(alpha, widthPx, heightPx)) || wholeOf(picture);
  const marginPx = params.crop ? Math.round((Math.max(box.widthPx, box.heightPx) * params.marginPercent) / 100) : 0;
  const composed = { widthPx: box.widthPx + 2 * marginPx, heightPx: box.heightPx + 2 * marginPx };

  if (params.maskOnly) {
    const mask = sharp(alpha, { raw: { ...size, channels: 1 } });
    const background = { r: 0, g: 0, b: 0 };
    return { ...composed, image: placed(mask, box, marginPx, background).toColourspace('b-w') };
  }

  estimateForeground(picture.rgb, alpha, widthPx, heightPx);
  const straight = sharp(withAlpha(picture.rgb, alpha), { raw: { ...size, channels: 4 } });
  const image = placed(straight, box, marginPx, { r: 0, g: 0, b: 0, alpha: 0 });
  const background = params.background === 'transparent' && params.format === 'jpeg' ? 'white' : params.background;
  return { ...composed, image: background === 'transparent' ? image : image.flatten({ background }) };
}

function wholeOf({ widthPx, heightPx }: Picture): Box {
  return { leftPx: 0, topPx: 0, widthPx, heightPx };
}

function placed(image: Sharp, box: Box, marginPx: number, background: Colour): Sharp {
  const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = box;
  const cropped = image.extract({ left, top, width, height });
  if (marginPx === 0) return cropped;
  return cropped.extend({ top: marginPx, bottom: marginPx, left: marginPx, right: marginPx, background });
}
