import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { apart } from '#processors/shared/image/decode.ts';
import type { Layer } from '../compose/raster.ts';
import { capHeightShare, emojiFont, letterFont } from './fonts.ts';
import type { TextLayout } from './layout.ts';
import { emojiScale, runsOf, widthOf, widthOfRun } from './runs.ts';
import type { TextStyle } from './style.ts';

/** A text with its box, before it has a place. */
export interface TextBlock {
  readonly layout: TextLayout;
  readonly style: TextStyle;
  readonly widthPx: number;
  readonly heightPx: number;
}

const lineHeightShare = 1.2;
/** Of the line through an old price: its thickness, and how much it is longer on each side. */
const strikeShare = 0.075;
const strikeOverhangShare = 0.06;

export function blockOf(layout: TextLayout, style: TextStyle): TextBlock {
  const { sizePx } = layout;
  const padding = paddingOf(style, sizePx);
  // Above the first capital and below the last baseline there is as much space as padding, not more.
  const text = (layout.lines.length - 1) * lineHeightShare * sizePx + capHeightShare * sizePx;
  const air = style.box === undefined ? 0.25 * sizePx : 0;
  return { layout, style, widthPx: layout.widthPx + 2 * padding, heightPx: text + 2 * (padding + air) };
}

/** Between the text and the edge of its block. */
export function paddingOf({ box, outline }: TextStyle, sizePx: number): number {
  return ((box?.paddingPercent ?? outline?.widthPercent ?? 0) / 100) * sizePx;
}

/** Draws a text with Skia. @param leftPx and topPx of the block on the canvas @param degrees about its own middle */
export function textLayer(block: TextBlock, leftPx: number, topPx: number, degrees: number): Layer {
  const { widthPx, heightPx, layout } = block;
  const angle = (degrees * Math.PI) / 180;
  const [across, along] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  // Accents, descenders and emoji reach out of the block.
  const air = layout.sizePx * 0.6;
  const width = Math.ceil(widthPx * across + heightPx * along + 2 * air);
  const height = Math.ceil(widthPx * along + heightPx * across + 2 * air);
  const left = Math.floor(leftPx + widthPx / 2 - width / 2);
  const top = Math.floor(topPx + heightPx / 2 - height / 2);
  const context = createCanvas(width, height).getContext('2d');
  context.translate(leftPx + widthPx / 2 - left, topPx + heightPx / 2 - top);
  context.rotate(angle);
  context.translate(-widthPx / 2, -heightPx / 2);
  drawBlock(context, block);
  const { data } = context.getImageData(0, 0, width, height);
  return { leftPx: left, topPx: top, widthPx: width, heightPx: height, ...apart(new Uint8Array(data.buffer)) };
}

function drawBlock(context: SKRSContext2D, { layout, style, widthPx, heightPx }: TextBlock): void {
  const { sizePx, lines } = layout;
  const { box, face, colour, outline, align, struckThrough } = style;
  if (box !== undefined) {
    const radius = Math.min((box.radiusPercent / 100) * sizePx, widthPx / 2, heightPx / 2);
    context.fillStyle = box.colour;
    context.beginPath();
    context.roundRect(0, 0, widthPx, heightPx, radius);
    context.fill();
  }
  const padding = paddingOf(style, sizePx);
  const textHeight = (lines.length - 1) * lineHeightShare * sizePx + capHeightShare * sizePx;
  let baseline = (heightPx - textHeight) / 2 + capHeightShare * sizePx;
  for (const line of lines) {
    const width = widthOf(context, line, face, sizePx);
    const room = widthPx - 2 * padding - width;
    const left = padding + (align === 'left' ? 0 : align === 'right' ? room : room / 2);
    let x = left;
    for (const run of runsOf(line)) {
      const advance = widthOfRun(context, run, face, sizePx);
      context.font = run.emoji ? emojiFont(sizePx * emojiScale) : letterFont(face, sizePx);
      if (outline !== undefined && outline.widthPercent > 0 && !run.emoji) {
        context.strokeStyle = outline.colour;
        context.lineJoin = 'round';
        context.lineWidth = 2 * (outline.widthPercent / 100) * sizePx;
        context.strokeText(run.text, x, baseline);
      }
      context.fillStyle = colour;
      context.fillText(run.text, x, baseline);
      x += advance;
    }
    if (struckThrough) {
      const overhang = strikeOverhangShare * sizePx;
      const thickness = Math.max(1, strikeShare * sizePx);
      context.fillStyle = colour;
      context.fillRect(
        left - overhang,
        baseline - (capHeightShare * sizePx + thickness) / 2,
        width + 2 * overhang,
        thickness,
      );
    }
    baseline += lineHeightShare * sizePx;
  }
}
