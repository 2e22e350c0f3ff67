import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { closest } from '#kernel/spelling.ts';
import { type ModelDescriptor, modelNamePattern } from './model-descriptor.ts';
import { type AnyModelDescriptor, isSeparation, parseDescriptor } from './parse-descriptor.ts';
import type { SeparationDescriptor } from './separation-descriptor.ts';

/** The models that were added to this machine. */
export interface ModelCatalogue {
  /** @throws AppError MODEL_INVALID when what is written about the model cannot be used */
  find(name: string): AnyModelDescriptor | undefined;
  /** Sorted. */
  names(): readonly string[];
}

export const noModels: ModelCatalogue = { find: () => undefined, names: () => [] };

const suffix = '.model.json';
const validName = new RegExp(modelNamePattern);

/**
 * Reads the folder whenever it is asked, so that a model that is added is there for the next job. Without waiting: it
 * is a few hundred bytes, and what is asked of a processor before its job exists has no time to wait.
 */
export function modelsIn(modelsDir: string): ModelCatalogue {
  return {
    find(name) {
      if (!validName.test(name)) return undefined;
      const text = readOrNothing(() => readFileSync(descriptorPath(modelsDir, name), 'utf8'));
      return text === undefined ? undefined : parseDescriptor(name, text);
    },
    names() {
      const entries = readOrNothing(() => readdirSync(modelsDir)) ?? [];
      return entries
        .filter((entry) => entry.endsWith(suffix) && validName.test(entry.slice(0, -suffix.length)))
        .map((entry) => entry.slice(0, -suffix.length))
        .sort();
    },
  };
}

export function descriptorPath(modelsDir: string, name: string): string {
  return join(modelsDir, `${name}${suffix}`);
}

/**
 * A model that finds subjects.
 *
 * @throws AppError MODEL_NOT_FOUND with what there is, MODEL_INVALID
 */
export function requireModel(catalogue: ModelCatalogue, name: string, builtIn: readonly string[]): ModelDescriptor {
  const found = catalogue.find(name);
  if (found !== undefined && !isSeparation(found)) return found;
  throw notFound(catalogue, name, builtIn, (model) => !isSeparation(model));
}

/**
 * A model that tells stems apart.
 *
 * @throws AppError MODEL_NOT_FOUND with what there is, MODEL_INVALID
 */
export function requireSeparation(
  catalogue: ModelCatalogue,
  name: string,
  builtIn: readonly string[],
): SeparationDescriptor {
  const found = catalogue.find(name);
  if (found !== undefined && isSeparation(found)) return found;
  throw notFound(catalogue, name, builtIn, isSeparation);
}

function notFound(
  catalogue: ModelCatalogue,
  name: string,
  builtIn: readonly string[],
  isOfKind: (model: AnyModelDescriptor) => boolean,
): AppError {
  const names = [...builtIn, ...catalogue.names().filter((each) => isReadable(catalogue, each, isOfKind))];
  const near = closest(name, names);
  return new AppError(
    'MODEL_NOT_FOUND',
    `There is no model "${name.slice(0, 64)}" on this machine${near === undefined ? '' : `; did you mean ${near}?`}. ` +
      `There is: ${names.join(', ')}. Others are added with: npx esteira models add NAME.`,
    { extensions: { models: names } },
  );
}

/** One that cannot be read may be anything. */
function isReadable(
  catalogue: ModelCatalogue,
  name: string,
  isOfKind: (model: AnyModelDescriptor) => boolean,
): boolean {
  try {
    const model = catalogue.find(name);
    return model !== undefined && isOfKind(model);
  } catch {
    return false;
  }
}

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
