import { useSyncExternalStore } from 'react';
import { type Design, newDesign } from './design.ts';
import { changed, type History, redone, startHistory, undone } from './history.ts';
import { type Product, withProducts } from './product-list.ts';
import type { OpenTemplate } from './template-document.ts';

export interface EditorState {
  readonly history: History<Design>;
  readonly products: readonly Product[];
  /** Asset of the product that is shown. */
  readonly shown: string | undefined;
  /** The saved template that is being worked on. */
  readonly template: OpenTemplate | undefined;
}

const storageKey = 'esteira.thumbnails';
/** Longer lists are for one visit. */
const rememberedProducts = 300;

let state: EditorState = recall();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is being made in the thumbnail editor. It outlives a visit to another page, and a reload. */
export const editor = {
  state: (): EditorState => state,

  /** @param subject what is changed, so that a drag of one slider is one step back */
  change(changes: Partial<Design>, subject?: string): void {
    publish({ history: changed(state.history, { ...state.history.present, ...changes }, subject) });
  },
  undo: (): void => publish({ history: undone(state.history) }),
  redo: (): void => publish({ history: redone(state.history) }),

  /** Takes over a whole design; can be undone. */
  open(design: Design, template: OpenTemplate | undefined): void {
    publish({ history: changed(state.history, design), template });
  },
  setTemplate: (template: OpenTemplate | undefined): void => publish({ template }),

  /** @param show whether the first of them is what is shown now */
  addProducts(added: readonly Product[], show = true): void {
    const products = withProducts(state.products, added);
    publish({ products, shown: show ? (added[0]?.assetId ?? state.shown) : state.shown });
  },
  removeProduct(assetId: string): void {
    const at = state.products.findIndex((product) => product.assetId === assetId);
    const products = state.products.filter((product) => product.assetId !== assetId);
    const next = products[Math.min(at, products.length - 1)]?.assetId;
    publish({ products, shown: state.shown === assetId ? next : state.shown });
  },
  show: (shown: string): void => publish({ shown }),
};

export function useEditor(): EditorState {
  return useSyncExternalStore(subscribe, editor.state);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(changes: Partial<EditorState>): void {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
  clearTimeout(timer);
  timer = setTimeout(remember, 300);
}

function remember(): void {
  const { history, products, shown, template } = state;
  try {
    const kept = { design: history.present, products: products.slice(0, rememberedProducts), shown, template };
    sessionStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the editor then starts anew the next time.
  }
}

function recall(): EditorState {
  const start: EditorState = { history: startHistory(newDesign), products: [], shown: undefined, template: undefined };
  try {
    const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    if (!kept?.design?.product || !Array.isArray(kept.products)) return start;
    const { design, products, shown, template } = kept;
    return { history: startHistory({ ...newDesign, ...design }), products, shown, template };
  } catch {
    return start;
  }
}
