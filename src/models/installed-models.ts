import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import type { Processor } from '#processors/contract.ts';
import { type ModelFileState, stateOf } from '#processors/shared/model-store.ts';
import { descriptorPath, type ModelCatalogue, modelsIn } from '#processors/shared/models/model-folder.ts';
import { isSeparation } from '#processors/shared/models/parse-descriptor.ts';
import { readable } from './add-model.ts';
import { lockModelsDir } from './folder-lock.ts';

/** One file of a model, as it lies there now. */
export interface ModelRow {
  readonly model: string;
  readonly builtIn: boolean;
  readonly file: string;
  /** unreadable: what is written about the model cannot be used. */
  readonly state: ModelFileState | 'unreadable';
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly source: string;
}

/** Every file of every model, read whole: those that come with processors, then those that were added. */
export async function modelRows(modelsDir: string, processors: readonly Processor[]): Promise<ModelRow[]> {
  const rows: ModelRow[] = [];
  for (const { name, licence, source, files } of processors.flatMap(({ models = [] }) => models)) {
    for (const { fileName, sizeBytes, sha256 } of files) {
      const state = await stateOf(modelsDir, { fileName, sizeBytes, sha256 });
      rows.push({ model: name, builtIn: true, file: fileName, state, sizeBytes, sha256, licence, source });
    }
  }
  const catalogue = modelsIn(modelsDir);
  for (const name of catalogue.names()) rows.push(await addedRow(modelsDir, catalogue, name));
  return rows;
}

async function addedRow(modelsDir: string, catalogue: ModelCatalogue, name: string): Promise<ModelRow> {
  const unreadable = { model: name, builtIn: false, file: '', sizeBytes: 0, sha256: '', licence: '', source: '' };
  try {
    const found = catalogue.find(name);
    if (found === undefined) return { ...unreadable, state: 'absent' };
    const { fileName, sizeBytes, sha256, licence, source } = found;
    const state = await stateOf(modelsDir, found);
    return { model: name, builtIn: false, file: fileName, state, sizeBytes, sha256, licence, source };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...unreadable, state: 'unreadable' };
  }
}

/** A model as somebody who chooses one sees it. */
export interface ModelListing {
  readonly name: string;
  readonly builtIn: boolean;
  /** By its size; `esteira models verify` reads it. A model that comes with a processor is made when it is needed. */
  readonly state: 'ready' | 'damaged';
  readonly licence: string;
  readonly source: string;
  /** Of one that finds subjects. */
  readonly inputSizePx?: number;
  /** Of one that tells stems apart. */
  readonly stems?: string[];
  readonly sha256?: string;
}

/** Every model that jobs may name, without reading their weights. */
export async function listModels(modelsDir: string, processors: readonly Processor[]): Promise<ModelListing[]> {
  const listing: ModelListing[] = processors
    .flatMap(({ models = [] }) => models)
    .map(({ name, licence, source }) => ({ name, builtIn: true, state: 'ready', licence, source }));
  const catalogue = modelsIn(modelsDir);
  for (const name of catalogue.names()) listing.push(await listed(modelsDir, catalogue, name));
  return listing;
}

async function listed(modelsDir: string, catalogue: ModelCatalogue, name: string): Promise<ModelListing> {
  const damaged: ModelListing = { name, builtIn: false, state: 'damaged', licence: '', source: '' };
  try {
    const found = catalogue.find(name);
    if (found === undefined) return damaged;
    const { licence, source, sha256, sizeBytes, fileName } = found;
    const size = await stat(join(modelsDir, fileName)).then(
      (stats) => stats.size,
      () => undefined,
    );
    const state = size === sizeBytes ? 'ready' : 'damaged';
    const takes = isSeparation(found) ? { stems: found.stems } : { inputSizePx: found.inputSizePx };
    return { name, builtIn: false, state, licence, source, ...takes, sha256 };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return damaged;
  }
}

/**
 * Removes an added model, its descriptor first. Jobs that name it fail from now on; those that run go on.
 *
 * @throws AppError MODEL_NOT_FOUND
 */
export async function removeModel(modelsDir: string, name: string, signal: AbortSignal, onWait: () => void) {
  const catalogue = modelsIn(modelsDir);
  const absent = (): never => {
    const names = catalogue.names();
    const there = names.length === 0 ? 'None was added' : `There is: ${names.join(', ')}`;
    throw new AppError('MODEL_NOT_FOUND', `No model named ${name} was added to this machine. ${there}.`);
  };
  if (!catalogue.names().includes(name)) absent();
  using _lock = await lockModelsDir(modelsDir, signal, onWait);
  if (!catalogue.names().includes(name)) absent();
  // One that cannot be read leaves its graph to the next "add", which removes what nothing names.
  const { fileName } = readable(catalogue, name) ?? {};
  await rm(descriptorPath(modelsDir, name), { force: true });
  if (fileName !== undefined) await rm(join(modelsDir, fileName), { force: true });
}
