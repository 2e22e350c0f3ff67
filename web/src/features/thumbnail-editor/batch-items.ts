import type { BatchRequest } from '../../api/batch.ts';
import type { Design } from './design.ts';
import { filled } from './fields.ts';
import { type Product, plainName } from './product-list.ts';
import { thumbnailRequest } from './request.ts';

/** One product of a batch, with what its texts are filled with. */
export interface BatchLine {
  readonly product: Product;
  readonly values: Readonly<Record<string, string>>;
}

/** As many as the server takes at once. */
export const maxBatchItems = 1_000;

/** Every product for every channel, named after both. */
export function batchOf(design: Design, lines: readonly BatchLine[], presets: readonly string[]): BatchRequest {
  const inputs = lines.flatMap(({ product, values }) =>
    presets.map((preset) => {
      const texts = filled(design.texts, values);
      const { inputs: assets, params } = thumbnailRequest({ ...design, texts }, product, preset);
      return { inputs: assets, params, name: `${plainName(product.name)} ${preset}` };
    }),
  );
  return { processor: 'image.thumbnail', inputs };
}
