import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import { completeParameters } from '#processors/parameters.ts';
import { type ResultNaming, resultKey } from '#processors/result-key.ts';
import type { FileItem } from '../deliver-file.ts';
import type { FoundInputs, InputFile } from '../find-inputs.ts';
import { hashFile } from '../hash-file.ts';
import type { Ledger } from './ledger.ts';
import type { Work } from './plan-work.ts';

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/jpeg': '.jpg',
};

/** One thumbnail that is not there yet. */
export interface ThumbnailItem extends FileItem {
  readonly work: Work;
  readonly key: string;
}

export interface ThumbnailItems {
  readonly items: readonly ThumbnailItem[];
  readonly failed: FoundInputs['failed'];
  /** Files that are there, as they were made. */
  readonly done: readonly string[];
}

export interface ItemsDeps {
  readonly naming: ResultNaming;
  readonly processor: Processor;
  readonly ledger: Ledger;
  readonly outDir: string;
  /** Parameters of one product, before background and preset. @throws AppError when they cannot be told */
  readonly paramsOf: (product: InputFile) => Readonly<Record<string, unknown>>;
  /** Files that every thumbnail gets, behind the product and its background. */
  readonly logos: readonly InputFile[];
  readonly force: boolean;
}

/** Holds the planned work against what is there: by the hashes of everything that goes into it. */
export async function thumbnailItems(works: readonly Work[], deps: ItemsDeps): Promise<ThumbnailItems> {
  const { naming, processor, ledger, outDir, force } = deps;
  const hashes = new Map<string, Promise<string>>();
  const hashOf = (path: string): Promise<string> => {
    const hash = hashes.get(path) ?? hashFile(path);
    hashes.set(path, hash);
    return hash;
  };
  const items: ThumbnailItem[] = [];
  const done: string[] = [];
  const failed = new Map<string, AppError>();
  for (const work of works) {
    const files = [work.product, ...(work.background ? [work.background] : []), ...deps.logos];
    try {
      const params = completeParameters(processor, paramsFor(work, deps));
      const inputs = files.map(({ media, path }) => ({ ...media, path }));
      const hashed = await Promise.all(inputs.map(async (input) => ({ ...input, sha256: await hashOf(input.path) })));
      const key = resultKey(naming, processor, params, hashed);
      const made = force ? undefined : await ledger.find(work.item, key);
      if (made !== undefined) done.push(made);
      else items.push({ work, key, input: files.map(({ input }) => input).join(' + '), inputs, params, nameOutput });
    } catch (error) {
      failed.set(work.product.input, knownOr(error));
    }

    function nameOutput({ mediaType }: ProcessorOutput): string {
      return join(outDir, `${work.name}${extensions[mediaType] ?? ''}`);
    }
  }
  return { items, done, failed: [...failed].map(([input, error]) => ({ input, error })) };
}

function paramsFor({ product, background, preset }: Work, { paramsOf, logos }: ItemsDeps): Record<string, unknown> {
  const params = paramsOf(product);
  const own = params['background'] as { kind?: string } | undefined;
  const first = background === undefined ? 1 : 2;
  const marks = (params['logos'] as object[] | undefined) ?? logos.map(() => ({}));
  return {
    ...params,
    ...(preset !== undefined && { preset }),
    ...(background !== undefined && {
      background: { ...(own?.kind === 'image' ? own : {}), kind: 'image', input: 1 },
    }),
    ...(logos.length > 0 && {
      logos: marks.map((mark, index) => ({ ...mark, input: first + (index % logos.length) })),
    }),
  };
}

function knownOr(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new AppError('BAD_REQUEST', `The file cannot be read (${code}). Check its permissions.`, { cause: error });
}
