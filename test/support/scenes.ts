import { between, type Random, randomFrom } from './random.ts';
import { type Backdrop, busyBackdrop, greyPaper, whitePaper } from './scenes/backdrops.ts';
import { type Canvas, createCanvas } from './scenes/canvas.ts';
import {
  type Draw,
  drawBasket,
  drawBottle,
  drawFurry,
  drawGlass,
  drawLines,
  drawPlant,
  drawShoe,
  drawWhiteMug,
} from './scenes/objects.ts';

/** A photo that was never taken, so that its cut-out is known exactly. */
export interface Scene {
  readonly widthPx: number;
  readonly heightPx: number;
  /** The photo: α × foreground + (1 − α) × background for each channel, rounded. Red, green, blue, row by row. */
  readonly rgb: Buffer;
  /** How much of each pixel is the object, in 255ths. */
  readonly alpha: Buffer;
  /** The object's own colour, straight, wherever alpha is above 0; black elsewhere. */
  readonly foreground: Buffer;
  readonly background: Buffer;
}

interface Recipe {
  readonly draw: Draw;
  readonly backdrop: (random: Random, hue: number) => Backdrop;
}

const recipes = {
  'soft-edge': { draw: drawBottle, backdrop: busyBackdrop },
  strands: { draw: drawFurry, backdrop: busyBackdrop },
  holes: { draw: drawBasket, backdrop: busyBackdrop },
  glass: { draw: drawGlass, backdrop: busyBackdrop },
  leaves: { draw: drawPlant, backdrop: busyBackdrop },
  'product-on-white': { draw: drawShoe, backdrop: (random) => whitePaper(random, 0.5) },
  'white-on-grey': { draw: drawWhiteMug, backdrop: (random) => greyPaper(random, 0.55) },
  'line-art': { draw: drawLines, backdrop: (random) => whitePaper(random, 3) },
  empty: { draw: () => {}, backdrop: busyBackdrop },
} satisfies Record<string, Recipe>;

export type SceneKind = keyof typeof recipes;
export const sceneKinds = Object.keys(recipes) as readonly SceneKind[];

export interface SceneOptions {
  /** Same seed, same bytes. */
  readonly seed: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly kind: SceneKind;
}

export function makeScene({ seed, widthPx, heightPx, kind }: SceneOptions): Scene {
  const { draw, backdrop }: Recipe = recipes[kind];
  const random = randomFrom(seed * sceneKinds.length + sceneKinds.indexOf(kind));
  // The object's hue is never near that of what is behind it.
  const hue = between(random, 0, 360);
  const background = paint(backdrop(random, hue + between(random, 120, 240)), widthPx, heightPx);
  const canvas = createCanvas(widthPx, heightPx);
  draw(canvas, random, hue);
  const alpha = Buffer.from(canvas.alpha.map((share) => Math.round(Math.min(1, share) * 255)));
  const foreground = coloursOf(canvas, alpha);
  const rgb = Buffer.alloc(foreground.length);
  for (let at = 0; at < rgb.length; at++) {
    const share = alpha[Math.floor(at / 3)] as number;
    rgb[at] = Math.round((share * (foreground[at] as number) + (255 - share) * (background[at] as number)) / 255);
  }
  return { widthPx, heightPx, rgb, alpha, foreground, background };
}

function paint(backdrop: Backdrop, widthPx: number, heightPx: number): Buffer {
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  const pixelsPerUnit = Math.min(widthPx, heightPx) / 2;
  for (let row = 0, at = 0; row < heightPx; row++) {
    const y = (row + 0.5 - heightPx / 2) / pixelsPerUnit;
    for (let column = 0; column < widthPx; column++, at += 3) {
      const colour = backdrop((column + 0.5 - widthPx / 2) / pixelsPerUnit, y);
      for (let channel = 0; channel < 3; channel++) {
        rgb[at + channel] = Math.min(255, Math.max(0, Math.round(colour[channel] as number)));
      }
    }
  }
  return rgb;
}

function coloursOf(canvas: Canvas, alpha: Buffer): Buffer {
  return Buffer.from(
    canvas.rgb.map((value, at) => ((alpha[Math.floor(at / 3)] as number) > 0 ? Math.round(value) : 0)),
  );
}
