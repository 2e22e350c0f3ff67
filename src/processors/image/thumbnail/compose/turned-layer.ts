import { createCanvas, ImageData } from '@napi-rs/canvas';
import { apart, type Picture, withAlpha } from '#processors/shared/image/decode.ts';
import type { Point, Rect } from './placement.ts';
import type { Layer } from './raster.ts';

interface Turn {
  readonly mirror: boolean;
  /** Clockwise, about the middle of the photograph. */
  readonly degrees: number;
  /** Of the photograph, on the canvas. */
  readonly middle: Point;
  /** Upper left corner of the picture, from the middle, mirrored already. */
  readonly corner: Point;
  /** Where the subject will be. */
  readonly subject: Rect;
}

/** Room for the soft edge beside the subject. */
const padPx = 12;

/** A picture turned about a point that may lie outside it. Skia does it, with premultiplied colours, so that no edge darkens. */
export function turnedLayer(picture: Picture, { mirror, degrees, middle, corner, subject }: Turn): Layer {
  const { widthPx, heightPx, rgb, alpha } = picture;
  const leftPx = Math.floor(subject.left) - padPx;
  const topPx = Math.floor(subject.top) - padPx;
  const [width, height] = [Math.ceil(subject.width) + 2 * padPx, Math.ceil(subject.height) + 2 * padPx];
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.translate(middle[0] - leftPx, middle[1] - topPx);
  context.rotate((degrees * Math.PI) / 180);
  context.translate(corner[0] + (mirror ? widthPx : 0), corner[1]);
  if (mirror) context.scale(-1, 1);
  const still = createCanvas(widthPx, heightPx);
  const rgba = withAlpha(rgb, alpha ?? Buffer.alloc(widthPx * heightPx, 255));
  still.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(rgba), widthPx, heightPx), 0, 0);
  context.drawImage(still, 0, 0);
  const turned = context.getImageData(0, 0, width, height);
  return { leftPx, topPx, widthPx: width, heightPx: height, ...apart(new Uint8Array(turned.data.buffer)) };
}
