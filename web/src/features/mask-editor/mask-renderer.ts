import { contextOf, type MaskPictures } from './mask-pictures.ts';
import { isEmpty, type Raster, type Rect, wholeOf } from './raster.ts';
import { type Point, toScreen, type Viewport } from './viewport.ts';

/** How the removed area is shown. */
export const maskViews = ['dimmed', 'red', 'result'] as const;
export type MaskView = (typeof maskViews)[number];

export interface Scene {
  readonly viewport: Viewport;
  readonly view: MaskView;
  /** In the pixels of the picture; none while no brush is over it. */
  readonly brush: (Point & { readonly radiusPx: number }) | undefined;
  /** Device pixels in one of the page's. */
  readonly ratio: number;
  /** The two colours of the checkerboard. */
  readonly checks: readonly [string, string];
}

const checkPx = 10;
const dimmedOpacity = 0.3;
const red = 'rgb(220 38 38 / 55%)';

/** Draws the photo with what is kept and what is removed; only what was painted is computed again. */
export class MaskRenderer {
  readonly #raster: Raster;
  readonly #photo: HTMLCanvasElement;
  readonly #pixels: ImageData;
  readonly #kept: CanvasRenderingContext2D;

  constructor({ photo, painting }: MaskPictures) {
    const { width, height } = photo;
    this.#raster = painting.raster;
    const opened = contextOf(width, height);
    opened.putImageData(photo, 0, 0);
    this.#photo = opened.canvas;
    this.#pixels = new ImageData(new Uint8ClampedArray(photo.data), width, height);
    this.#kept = contextOf(width, height);
    this.refresh(wholeOf(this.#raster));
  }

  /** Takes over what was painted. */
  refresh(rect: Rect): void {
    if (isEmpty(rect)) return;
    const { alpha, widthPx } = this.#raster;
    const { data } = this.#pixels;
    for (let y = rect.top; y < rect.bottom; y++) {
      for (let x = rect.left; x < rect.right; x++) data[(y * widthPx + x) * 4 + 3] = alpha[y * widthPx + x] ?? 0;
    }
    this.#kept.putImageData(this.#pixels, 0, 0, rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top);
  }

  draw(context: CanvasRenderingContext2D, { viewport, view, brush, ratio, checks }: Scene): void {
    const { width, height } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.scale(ratio, ratio);
    const { widthPx, heightPx } = this.#raster;
    const { scale, xPx, yPx } = viewport;
    const shown = [xPx, yPx, widthPx * scale, heightPx * scale] as const;

    context.save();
    context.beginPath();
    context.rect(...shown);
    context.clip();
    this.#drawChecks(context, shown, checks);
    // Enlarged, the pixels are what is painted: they stay visible.
    context.imageSmoothingEnabled = scale < 3;
    context.imageSmoothingQuality = 'high';
    if (view !== 'result') {
      context.globalAlpha = view === 'dimmed' ? dimmedOpacity : 1;
      context.drawImage(this.#photo, ...shown);
      context.globalAlpha = 1;
    }
    if (view === 'red') {
      context.fillStyle = red;
      context.fillRect(...shown);
    }
    context.drawImage(this.#kept.canvas, ...shown);
    context.restore();
    if (brush) drawBrush(context, toScreen(viewport, brush), brush.radiusPx * scale);
  }

  #drawChecks(
    context: CanvasRenderingContext2D,
    [left, top, width, height]: readonly [number, number, number, number],
    [light, dark]: readonly [string, string],
  ): void {
    const tile = contextOf(checkPx * 2, checkPx * 2);
    tile.fillStyle = light;
    tile.fillRect(0, 0, checkPx * 2, checkPx * 2);
    tile.fillStyle = dark;
    tile.fillRect(0, 0, checkPx, checkPx);
    tile.fillRect(checkPx, checkPx, checkPx, checkPx);
    context.fillStyle = context.createPattern(tile.canvas, 'repeat') ?? light;
    context.fillRect(left, top, width, height);
  }
}

/** White in black, to be seen on every photo. */
function drawBrush(context: CanvasRenderingContext2D, { xPx, yPx }: Point, radiusPx: number): void {
  for (const [colour, width] of [
    ['rgb(0 0 0 / 65%)', 3],
    ['#fff', 1.25],
  ] as const) {
    context.beginPath();
    context.arc(xPx, yPx, Math.max(radiusPx, 1.5), 0, 2 * Math.PI);
    context.moveTo(xPx - 3, yPx);
    context.lineTo(xPx + 3, yPx);
    context.moveTo(xPx, yPx - 3);
    context.lineTo(xPx, yPx + 3);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
