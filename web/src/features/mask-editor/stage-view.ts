import type { Brush } from './brush.ts';
import type { MaskPictures } from './mask-pictures.ts';
import { MaskRenderer, type MaskView } from './mask-renderer.ts';
import { listenToGestures } from './stage-gestures.ts';
import {
  fitted,
  type Point,
  panned,
  pinched,
  revealed,
  type Size,
  toPicture,
  type Viewport,
  zoomed,
} from './viewport.ts';

export interface StageSettings {
  readonly brush: Brush;
  readonly view: MaskView;
  /** Whether dragging moves the picture instead of painting. */
  readonly pans: boolean;
}

const paddingPx = 20;
/** The keyboard's brush stays so far from the edge. */
const keyboardMarginPx = 40;
const panStepPx = 40;
const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { xPx: -1, yPx: 0 },
  ArrowRight: { xPx: 1, yPx: 0 },
  ArrowUp: { xPx: 0, yPx: -1 },
  ArrowDown: { xPx: 0, yPx: 1 },
};

/** The photo under the brush: pointers, keys, zoom, and a picture drawn anew only when something changed. */
export class StageView {
  readonly #canvas: HTMLCanvasElement;
  readonly #pictures: MaskPictures;
  readonly #renderer: MaskRenderer;
  readonly #onZoom: (percent: number) => void;
  readonly #closing: (() => void)[] = [];
  #settings: StageSettings;
  #viewport: Viewport = { scale: 1, xPx: 0, yPx: 0 };
  #screen: Size = { widthPx: 0, heightPx: 0 };
  #isFitted = true;
  #pointer: Point | undefined;
  /** Where the keyboard's brush is, in the picture; only while it is in use. */
  #keyboard: Point | undefined;
  #frame = 0;

  /**
   * @param element has the canvas in it, takes the focus and the pointers
   * @param onZoom is told how large the picture is shown, in per cent of its size
   */
  constructor(
    element: HTMLElement,
    canvas: HTMLCanvasElement,
    pictures: MaskPictures,
    settings: StageSettings,
    onZoom: (percent: number) => void,
  ) {
    this.#canvas = canvas;
    this.#pictures = pictures;
    this.#renderer = new MaskRenderer(pictures);
    this.#settings = settings;
    this.#onZoom = onZoom;
    const { painting } = pictures;
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(canvas);
    // The checkerboard's colours follow the page's.
    const scheme = new MutationObserver(() => this.#redraw());
    scheme.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    this.#closing.push(
      () => observer.disconnect(),
      () => scheme.disconnect(),
      painting.subscribe(() => this.#redraw()),
      () => cancelAnimationFrame(this.#frame),
      listenToGestures(element, {
        onHover: (at) => this.#hover(at),
        onPaintStart: (at, pressure) => painting.begin(this.#settings.brush, toPicture(this.#viewport, at), pressure),
        onPaint: (at, pressure) => painting.continueTo(toPicture(this.#viewport, at), pressure),
        onPaintEnd: () => painting.end(),
        onPaintAbandon: () => painting.abandon(),
        onPan: (by) => this.#pan(by),
        onPinch: (before, after) => this.#show(pinched(this.#viewport, before, after, this.#smallestScale())),
        onZoom: (at, factor) => this.#show(zoomed(this.#viewport, at, factor, this.#smallestScale())),
        pans: () => this.#settings.pans,
      }),
    );
  }

  close(): void {
    for (const close of this.#closing) close();
  }

  set(settings: StageSettings): void {
    this.#settings = settings;
    this.#redraw();
  }

  zoomBy(factor: number): void {
    this.#show(zoomed(this.#viewport, this.#middle(), factor, this.#smallestScale()));
  }

  fit(): void {
    this.#show(fitted(this.#pictures.painting.raster, this.#screen, paddingPx));
    this.#isFitted = true;
  }

  /** @returns whether the key meant something here */
  keyDown({ key, shiftKey, altKey, repeat }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'repeat'>): boolean {
    const direction = arrows[key];
    if (direction && altKey) {
      this.#pan({ xPx: -panStepPx * direction.xPx, yPx: -panStepPx * direction.yPx });
    } else if (direction) {
      this.#moveKeyboard(direction, shiftKey ? 1 : Math.max(1, this.#settings.brush.radiusPx / 2));
    } else if (key === ' ') {
      if (!repeat) this.#pictures.painting.begin(this.#settings.brush, this.#takeKeyboard());
    } else return false;
    return true;
  }

  keyUp({ key }: Pick<KeyboardEvent, 'key'>): void {
    if (key === ' ') this.#pictures.painting.end();
  }

  blur(): void {
    this.#keyboard = undefined;
    this.#pictures.painting.end();
    this.#redraw();
  }

  #moveKeyboard(direction: Point, stepPx: number): void {
    const { painting } = this.#pictures;
    const { widthPx, heightPx } = painting.raster;
    const from = this.#takeKeyboard();
    const to = {
      xPx: Math.min(Math.max(from.xPx + direction.xPx * stepPx, 0), widthPx),
      yPx: Math.min(Math.max(from.yPx + direction.yPx * stepPx, 0), heightPx),
    };
    this.#keyboard = to;
    painting.continueTo(to);
    const viewport = revealed(this.#viewport, to, this.#screen, keyboardMarginPx);
    if (viewport.xPx !== this.#viewport.xPx || viewport.yPx !== this.#viewport.yPx) this.#show(viewport);
    else this.#redraw();
  }

  /** It starts where the mouse was, else in the middle. */
  #takeKeyboard(): Point {
    this.#keyboard ??= toPicture(this.#viewport, this.#pointer ?? this.#middle());
    return this.#keyboard;
  }

  #hover(at: Point | undefined): void {
    this.#pointer = at;
    if (at) this.#keyboard = undefined;
    this.#redraw();
  }

  #pan(by: Point): void {
    this.#show(panned(this.#viewport, by, this.#pictures.painting.raster, this.#screen));
  }

  #show(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#isFitted = false;
    this.#onZoom(Math.round(viewport.scale * 100));
    this.#redraw();
  }

  #smallestScale(): number {
    return fitted(this.#pictures.painting.raster, this.#screen, paddingPx).scale / 2;
  }

  #middle(): Point {
    return { xPx: this.#screen.widthPx / 2, yPx: this.#screen.heightPx / 2 };
  }

  #resize(): void {
    const { clientWidth: widthPx, clientHeight: heightPx } = this.#canvas;
    this.#screen = { widthPx, heightPx };
    this.#canvas.width = Math.round(widthPx * devicePixelRatio);
    this.#canvas.height = Math.round(heightPx * devicePixelRatio);
    if (this.#isFitted) this.fit();
    // A canvas that was given a size is empty: it is drawn before it is shown.
    this.#draw();
  }

  #redraw(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const dirty = this.#pictures.painting.takeDirty();
    if (dirty) this.#renderer.refresh(dirty);
    const { brush, view, pans } = this.#settings;
    const at = this.#keyboard ?? (this.#pointer && !pans ? toPicture(this.#viewport, this.#pointer) : undefined);
    const style = getComputedStyle(this.#canvas);
    this.#renderer.draw(context, {
      viewport: this.#viewport,
      view,
      brush: at && { ...at, radiusPx: brush.radiusPx },
      ratio: devicePixelRatio,
      checks: [style.getPropertyValue('--check-a'), style.getPropertyValue('--check-b')],
    });
  }
}
