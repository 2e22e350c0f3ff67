import { type Patch, patchBytes } from './raster.ts';

/** What can be undone and done again, the latest last. */
export interface UndoStack {
  readonly done: readonly Patch[];
  readonly undone: readonly Patch[];
}

export const emptyStack: UndoStack = { done: [], undone: [] };

/** Some hundred strokes over a large picture. */
export const undoLimitBytes = 48 * 1024 * 1024;

/** Remembers the way back from what was just done; the oldest are forgotten when all take more than the limit. */
export function remember({ done }: UndoStack, back: Patch, limitBytes = undoLimitBytes): UndoStack {
  const all = [...done, back];
  let bytes = all.reduce((sum, patch) => sum + patchBytes(patch), 0);
  let first = 0;
  for (const patch of all) {
    if (bytes <= limitBytes) break;
    bytes -= patchBytes(patch);
    first++;
  }
  return { done: all.slice(first), undone: [] };
}

/**
 * @param swap puts a patch in place and gives the reverse
 * @returns the stack afterwards; the same one when there was nothing to undo
 */
export function undo(stack: UndoStack, swap: (patch: Patch) => Patch): UndoStack {
  const last = stack.done.at(-1);
  return last === undefined ? stack : { done: stack.done.slice(0, -1), undone: [...stack.undone, swap(last)] };
}

export function redo(stack: UndoStack, swap: (patch: Patch) => Patch): UndoStack {
  const last = stack.undone.at(-1);
  return last === undefined ? stack : { done: [...stack.done, swap(last)], undone: stack.undone.slice(0, -1) };
}
