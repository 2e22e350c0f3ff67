import { basename, extname } from 'node:path';
import type { InputFile } from '../find-inputs.ts';

/** One thumbnail to be made. */
export interface Work {
  /** What it is, in one word for each part: the same in every run. */
  readonly item: string;
  /** Of the file, without its extension. */
  readonly name: string;
  readonly product: InputFile;
  readonly background: InputFile | undefined;
  /** A preset's id; undefined when none was asked for. */
  readonly preset: string | undefined;
}

export interface Choice {
  readonly products: readonly InputFile[];
  readonly backgrounds: readonly InputFile[];
  readonly presets: readonly string[];
  /** Each product on the background of its own name, instead of every product on every background. */
  readonly pair: boolean;
}

export interface PlannedWork {
  readonly works: readonly Work[];
  /** Products that have no background of their name. */
  readonly unpaired: readonly InputFile[];
}

/**
 * Every product on every background in every format, or in pairs; the names say which is which:
 * `caneca--madeira--amazon`.
 */
export function planWork({ products, backgrounds, presets, pair }: Choice): PlannedWork {
  const nameOf = namesOf(products);
  const backgroundNameOf = namesOf(backgrounds);
  const unpaired: InputFile[] = [];
  const works = products.flatMap((product) => {
    const under = pair ? backgrounds.filter((each) => stemOf(each) === stemOf(product)) : backgrounds;
    if (pair && under.length === 0) unpaired.push(product);
    const grounds: (InputFile | undefined)[] = backgrounds.length === 0 ? [undefined] : [...under];
    return grounds.flatMap((background) =>
      (presets.length === 0 ? [undefined] : presets).map((preset): Work => {
        const parts = [
          nameOf(product),
          ...(background ? [backgroundNameOf(background)] : []),
          ...(preset === undefined ? [] : [preset]),
        ];
        const name = [nameOf(product), background && !pair ? backgroundNameOf(background) : '', preset ?? '']
          .filter((part) => part !== '')
          .join('--');
        return { item: JSON.stringify(parts), name, product, background, preset };
      }),
    );
  });
  return { works, unpaired };
}

/** Without the extension, except where two files would then have one name. */
function namesOf(files: readonly InputFile[]): (file: InputFile) => string {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(stemOf(file), (counts.get(stemOf(file)) ?? 0) + 1);
  return (file) =>
    (counts.get(stemOf(file)) ?? 0) > 1 ? basename(file.input).replaceAll('.', '-') : stemOf(file, true);
}

/** Some file systems do not tell A from a, nor one way of writing é from another. */
function stemOf({ input }: InputFile, asWritten = false): string {
  const stem = basename(input, extname(input)).normalize('NFC');
  return asWritten ? stem : stem.toLowerCase();
}
