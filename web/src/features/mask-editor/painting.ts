import type { Brush } from './brush.ts';
import { differingTiles, type Patch, type Raster, type Rect, swapPatch, union } from './raster.ts';
import { Stroke } from './stroke.ts';
import { emptyStack, redo, remember, type UndoStack, undo } from './undo-stack.ts';
import type { Point } from './viewport.ts';

/** What the controls around the picture need to know. */
export interface PaintingState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Whether the mask differs from the one that was opened. */
  readonly changed: boolean;
}

/** A mask that is being painted: its pixels, the way back, and who wants to know of changes. */
export class Painting {
  readonly raster: Raster;
  #original: Uint8Array;
  readonly #listeners = new Set<() => void>();
  #stack: UndoStack = emptyStack;
  #stroke: Stroke | undefined;
  #last: Point | undefined;
  #dirty: Rect | undefined;
  #state: PaintingState = { canUndo: false, canRedo: false, changed: false };

  constructor(raster: Raster) {
    this.raster = raster;
    this.#original = raster.alpha.slice();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PaintingState => this.#state;

  get isPainting(): boolean {
    return this.#stroke !== undefined;
  }

  begin(brush: Brush, at: Point, pressure = 1): void {
    this.end();
    this.#stroke = new Stroke(this.raster, brush);
    this.#last = at;
    this.#touch(this.#stroke.paint(at, at, pressure));
  }

  continueTo(at: Point, pressure = 1): void {
    if (!this.#stroke || !this.#last) return;
    this.#touch(this.#stroke.paint(this.#last, at, pressure));
    this.#last = at;
  }

  end(): void {
    const back = this.#stroke?.undoing();
    this.#stroke = undefined;
    if (back && back.tiles.size > 0) this.#settle(remember(this.#stack, back));
  }

  /** Forgets the stroke that has begun: what looked like painting became a pinch. */
  abandon(): void {
    const back = this.#stroke?.undoing();
    this.#stroke = undefined;
    if (back) this.#swap(back);
  }

  undo(): void {
    this.end();
    this.#settle(undo(this.#stack, this.#swap));
  }

  redo(): void {
    this.end();
    this.#settle(redo(this.#stack, this.#swap));
  }

  /** Back to the mask that was opened or saved last; can be undone as well. */
  reset(): void {
    this.end();
    const wanted = differingTiles(this.raster, this.#original);
    if (wanted.tiles.size > 0) this.#settle(remember(this.#stack, this.#swap(wanted)));
  }

  /** From now on, this is what `reset` goes back to and what changes are told from. */
  markSaved(): void {
    this.#original = this.raster.alpha.slice();
    this.#settle(this.#stack);
  }

  /** What has changed since it was asked last: for whoever draws. */
  takeDirty(): Rect | undefined {
    const dirty = this.#dirty;
    this.#dirty = undefined;
    return dirty;
  }

  readonly #swap = (patch: Patch): Patch => {
    const { patch: back, changed } = swapPatch(this.raster, patch);
    this.#touch(changed);
    return back;
  };

  #touch(rect: Rect): void {
    this.#dirty = union(this.#dirty, rect);
    this.#tell();
  }

  #settle(stack: UndoStack): void {
    this.#stack = stack;
    this.#state = {
      canUndo: stack.done.length > 0,
      canRedo: stack.undone.length > 0,
      changed: differs(this.raster.alpha, this.#original),
    };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function differs(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return true;
  return false;
}
