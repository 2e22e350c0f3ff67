import { AppError } from '#kernel/errors.ts';
import type { ThumbnailParams } from './params.ts';

/** Where the parameters name an input. */
interface Mention {
  readonly parameter: string;
  readonly input: number;
}

/** @throws AppError INVALID_PARAMETERS naming the parameter and the input that was not given */
export function checkMentions(params: ThumbnailParams, inputCount: number): void {
  const wrong = mentions(params).find(({ input }) => input >= inputCount);
  if (wrong === undefined) return;
  throw new AppError(
    'INVALID_PARAMETERS',
    `image.thumbnail: parameter "${wrong.parameter}" names input ${wrong.input}, but ` +
      `${inputCount === 1 ? 'only one was given, number 0' : `only ${inputCount} were given, 0 to ${inputCount - 1}`}. ` +
      'Send the missing picture, or name another.',
    { extensions: { parameter: wrong.parameter } },
  );
}

function* mentionsOf({ background, products, logos }: ThumbnailParams): Generator<Mention> {
  if (background.kind === 'image') yield { parameter: 'background.input', input: background.input };
  for (const [index, { input, mask }] of products.entries()) {
    yield { parameter: `products.${index}.input`, input };
    if (mask !== undefined) yield { parameter: `products.${index}.mask`, input: mask };
  }
  for (const [index, { input }] of logos.entries()) yield { parameter: `logos.${index}.input`, input };
}

function mentions(params: ThumbnailParams): Mention[] {
  return [...mentionsOf(params)];
}

/** Products whose subject has to be found: for each, its place among the needs; nothing for the others. */
export function maskNeeds({ products }: ThumbnailParams): readonly (number | undefined)[] {
  let next = 0;
  return products.map(({ cutout, mask }) => (cutout && mask === undefined ? next++ : undefined));
}
