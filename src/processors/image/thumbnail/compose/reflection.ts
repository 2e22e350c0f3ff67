import sharp from 'sharp';
import { pictureOf, withAlpha } from '#processors/shared/image/decode.ts';
import type { Rect } from './placement.ts';
import type { Layer } from './raster.ts';
import type { ShadowShape } from './shadow-shape.ts';

/** How much of the product a polished ground shows. */
const seenShare = 0.35;

/** The product upside down below itself, fading downwards. */
export async function reflectionOf(layer: Layer, subject: Rect, shape: ShadowShape): Promise<Layer> {
  const { widthPx, topPx, rgb } = layer;
  const base = Math.round(subject.top + subject.height);
  const rows = Math.max(1, Math.round(subject.height * seenShare));
  const colours = Buffer.alloc(widthPx * rows * 3);
  const alpha = Buffer.alloc(widthPx * rows);
  for (let row = 0; row < rows; row++) {
    const from = base - 1 - row - topPx;
    if (from < 0 || from >= layer.heightPx) continue;
    rgb.copy(colours, row * widthPx * 3, from * widthPx * 3, (from + 1) * widthPx * 3);
    const fade = (1 - row / rows) ** 1.6;
    for (let column = 0; column < widthPx; column++)
      alpha[row * widthPx + column] = (layer.alpha?.[from * widthPx + column] ?? 255) * fade;
  }
  const place = { leftPx: layer.leftPx, topPx: base + Math.round(shape.distancePx) };
  if (shape.sigmaPx < 0.3) return { ...place, widthPx, heightPx: rows, rgb: colours, alpha };
  const raw = { width: widthPx, height: rows, channels: 4 } as const;
  return { ...place, ...(await pictureOf(sharp(withAlpha(colours, alpha), { raw }).blur(shape.sigmaPx))) };
}
