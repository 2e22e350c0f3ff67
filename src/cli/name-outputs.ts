import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';

export interface NamedInput {
  /** As the user wrote it. */
  readonly input: string;
  /** Absolute, without links. */
  readonly path: string;
  /** The folder argument it was found in, if it was. */
  readonly folder?: string;
}

export interface Naming {
  /** What is made of a file: `cutout`. */
  readonly suffix: string;
  /** Of the results, with its dot. */
  readonly extension: string;
  readonly outDir?: string | undefined;
}

/**
 * Where each result goes: beside a file as `<name>.<suffix><extension>`; for a folder into `<folder>-<suffix>s` under
 * the same name; into `outDir` when one is given.
 *
 * Two inputs with one output name get numbers, in the order of the inputs; no output is ever an input.
 *
 * @returns in the order of the inputs, relative where the user wrote relative names
 */
export async function nameOutputs(inputs: readonly NamedInput[], naming: Naming): Promise<string[]> {
  const { suffix, extension, outDir } = naming;
  const taken = new Set(inputs.map(({ path }) => fold(path)));
  const outputs: string[] = [];
  for (const { input, folder } of inputs) {
    const stem = basename(input, extname(input));
    const beside = outDir === undefined && folder === undefined;
    const dir = outDir ?? (folder === undefined ? dirname(input) : `${withoutSlash(folder)}-${suffix}s`);
    const name = beside ? `${stem}.${suffix}` : stem;
    const realDir = await realpath(dir).catch(() => resolve(dir));
    let numbered = `${name}${extension}`;
    for (let number = 2; taken.has(fold(join(realDir, numbered))); number++) numbered = `${name}-${number}${extension}`;
    taken.add(fold(join(realDir, numbered)));
    outputs.push(join(dir, numbered));
  }
  return outputs;
}

/** Some file systems do not tell A from a. */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** `photos/` is `photos`; `.` and `..` have no name to add to, so their full path has. */
function withoutSlash(folder: string): string {
  const plain = join(folder, '.').replace(/[/\\]+$/, '');
  return basename(plain).startsWith('.') ? resolve(folder) : plain;
}
