/** A photo of which thumbnails are made. */
export interface Product {
  readonly assetId: string;
  readonly name: string;
  /** Somebody painted it; without it, the model finds the product. */
  readonly maskId?: string;
}

/** As many as a batch may have. */
export const maxProducts = 1_000;

/** Adds what is new, and takes over a mask that was painted since. */
export function withProducts(products: readonly Product[], added: readonly Product[]): readonly Product[] {
  const list = [...products];
  for (const product of added) {
    const at = list.findIndex(({ assetId }) => assetId === product.assetId);
    if (at < 0) list.push(product);
    else if (product.maskId !== undefined) list[at] = { ...list[at], ...product };
  }
  return list.slice(0, maxProducts);
}

/** What a file of it is called: its name without folder and ending. */
export function plainName(name: string): string {
  return name.replace(/^.*[\\/]/, '').replace(/\.[^.]{1,5}$/, '');
}
