import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { closest } from '#kernel/spelling.ts';
import { type ModelDescriptor, modelNamePattern, parseDescriptor } from './model-descriptor.ts';

/** The models that were added to this machine. */
export interface ModelCatalogue {
  /** @throws AppError MODEL_INVALID when what is written about the model cannot be used */
  find(name: string): ModelDescriptor | undefined;
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

/** @throws AppError MODEL_NOT_FOUND with what there is, MODEL_INVALID */
export function requireModel(catalogue: ModelCatalogue, name: string, builtIn: readonly string[]): ModelDescriptor {
  const found = catalogue.find(name);
  if (found !== undefined) return found;
  const names = [...builtIn, ...catalogue.names()];
  const near = closest(name, names);
  throw new AppError(
    'MODEL_NOT_FOUND',
    `There is no model "${name.slice(0, 64)}" on this machine${near === undefined ? '' : `; did you mean ${near}?`}. ` +
      `There is: ${names.join(', ')}. Others are added with: npx esteira models add NAME.`,
    { extensions: { models: names } },
  );
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
