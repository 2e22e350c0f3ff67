import type { Product } from './product-list.ts';

/** One product with what its fields say. */
export interface PriceRow {
  /** In the file, counted from 1; the heading is the first. */
  readonly line: number;
  readonly product: Product;
  readonly values: Readonly<Record<string, string>>;
}

export type TableProblem =
  | { readonly code: 'unreadable'; readonly line: number; readonly detail: string }
  | { readonly code: 'no-rows' }
  | { readonly code: 'no-product-column'; readonly columns: readonly string[] }
  | { readonly code: 'missing-column'; readonly column: string }
  | { readonly code: 'unused-column'; readonly column: string }
  | { readonly code: 'too-many-rows'; readonly limit: number }
  | { readonly code: 'unknown-product'; readonly line: number; readonly name: string }
  | { readonly code: 'twice-named'; readonly line: number; readonly name: string }
  | { readonly code: 'empty-field'; readonly line: number; readonly column: string };

export interface PriceTable {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly TableProblem[];
}

/** Whether a problem only wants to be known. */
export function isHarmless({ code }: TableProblem): boolean {
  return code === 'unused-column';
}
