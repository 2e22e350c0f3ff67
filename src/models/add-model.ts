import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { makeFolder } from '#kernel/folders.ts';
import { formatBytes } from '#kernel/units.ts';
import { stateOf } from '#processors/shared/model-store.ts';
import { maxModelBytes, type Preprocessing } from '#processors/shared/models/model-descriptor.ts';
import { descriptorPath, type ModelCatalogue, modelsIn } from '#processors/shared/models/model-folder.ts';
import { type AnyModelDescriptor, parseDescriptor } from '#processors/shared/models/parse-descriptor.ts';
import { type DownloadOptions, download, shown } from './download.ts';
import { type Fit, fitGraph } from './fit-graph.ts';
import { fitSeparation, type SeparationFacts, type SeparationFit } from './fit-separation.ts';
import { lockModelsDir } from './folder-lock.ts';
import { inspectGraph } from './inspect-graph.ts';
import { PartialFile } from './partial-file.ts';

/** What somebody wants to add. */
export type NewModel = NewSegmentation | NewSeparation;

interface NewSegmentation extends NewFile, Omit<Preprocessing, 'inputSizePx'>, Partial<Fit> {
  readonly kind?: never;
}

export interface NewSeparation extends NewFile, SeparationFacts, Partial<SeparationFit> {
  readonly kind: 'separation';
}

interface NewFile {
  readonly name: string;
  readonly from: { readonly url: string } | { readonly path: string };
  /** Without it a file of this machine is pinned as it is; a download is not begun. */
  readonly sha256?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly workingBytes?: number | undefined;
  readonly licence: string;
}

export interface AddOptions extends Omit<DownloadOptions, 'sizeBytes' | 'maxBytes'> {
  /** Another process is adding or removing a model. */
  readonly onWait: () => void;
}

export interface Added {
  readonly descriptor: AnyModelDescriptor;
  /** kept: its bytes were there already, and only what is said about them may have changed. */
  readonly how: 'added' | 'replaced' | 'kept';
}

const graphFile = /^[a-z0-9_-]+\.[0-9a-f]{16}\.onnx$/;
const partFile = /^\.[0-9a-f]{16}\.part(\.json)?$/;
const abandonedMs = 7 * 24 * 3_600_000;

/**
 * Brings a graph into the models folder: received, held against its hash, looked through without native code, and only
 * then put in its place. At every moment the folder has the old model of this name or the new one, whole.
 *
 * @throws AppError MODEL_CORRUPT (wrong hash), MODEL_INVALID, MODEL_DOWNLOAD_FAILED, STORAGE_FULL
 */
export async function addModel(modelsDir: string, model: NewModel, options: AddOptions): Promise<Added> {
  await makeFolder(modelsDir);
  try {
    using _lock = await lockModelsDir(modelsDir, options.signal, options.onWait);
    return await addUnderLock(modelsDir, model, options);
  } catch (error) {
    throw withoutRoom(error) ?? error;
  }
}

async function addUnderLock(modelsDir: string, model: NewModel, options: AddOptions): Promise<Added> {
  const existed = modelsIn(modelsDir).names().includes(model.name);
  const here = model.sha256 === undefined ? undefined : await fileOf(modelsDir, model, model.sha256);
  const descriptor = await describe(modelsDir, model, here ?? (await receive(modelsDir, model, options)));
  await sweep(modelsDir);
  return { descriptor, how: !existed ? 'added' : here === undefined ? 'replaced' : 'kept' };
}

interface GraphFile {
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly fit: Fit | SeparationFit;
}

async function fileOf(modelsDir: string, model: NewModel, sha256: string): Promise<GraphFile | undefined> {
  const fileName = graphFileName(model.name, sha256);
  const path = join(modelsDir, fileName);
  const sizeBytes = await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
  if (sizeBytes === undefined) return undefined;
  const file = { fileName, sha256, sizeBytes };
  return (await stateOf(modelsDir, file)) === 'verified' ? { ...file, fit: check(path, model) } : undefined;
}

async function receive(modelsDir: string, model: NewModel, options: AddOptions): Promise<GraphFile> {
  await checkRoom(modelsDir, model.sizeBytes);
  await using partial = await PartialFile.open(modelsDir, 'url' in model.from ? model.from.url : 'file:');
  if ('url' in model.from) {
    await download(model.from.url, partial, { ...options, sizeBytes: model.sizeBytes, maxBytes: maxModelBytes });
  } else {
    await copy(model.from.path, partial, options);
  }
  options.signal.throwIfAborted();
  const sha256 = partial.sha256();
  try {
    checkHash(model, sha256);
    const fit = check(partial.path, model);
    const fileName = graphFileName(model.name, sha256);
    await partial.moveTo(join(modelsDir, fileName));
    return { fileName, sha256, sizeBytes: partial.sizeBytes, fit };
  } catch (error) {
    if (error instanceof AppError) await partial.discard();
    throw error;
  }
}

async function copy(path: string, into: PartialFile, { signal, onProgress }: AddOptions): Promise<void> {
  try {
    const { size } = await stat(path);
    if (size > maxModelBytes)
      throw unusable(path, `it has ${formatBytes(size)}, more than a graph in one file can have`);
    await into.restart({});
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      await into.append(chunk);
      onProgress(into.sizeBytes, size);
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'].includes(code)) throw error;
    throw new AppError('MODEL_NOT_FOUND', `${path} cannot be read (${code}).`, { cause: error });
  }
}

function checkHash({ name, sha256: expected }: NewModel, sha256: string): void {
  if (expected === undefined || expected === sha256) return;
  throw new AppError(
    'MODEL_CORRUPT',
    `The file for ${name} has the SHA-256 ${sha256}, not ${expected}. It is not what was asked for, and was not kept.`,
  );
}

/** @throws AppError MODEL_INVALID */
function check(path: string, model: NewModel): Fit | SeparationFit {
  try {
    const graph = inspectGraph(path);
    return model.kind === 'separation' ? fitSeparation(graph, model) : fitGraph(graph, model);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unusable(model.name, error.message, error);
  }
}

/** The descriptor comes last: what it names is there, and was checked. */
async function describe(modelsDir: string, model: NewModel, file: GraphFile): Promise<AnyModelDescriptor> {
  const { name, workingBytes, licence, from } = model;
  const { fit, ...where } = file;
  const text = JSON.stringify(
    {
      schema: 'esteira-model/1',
      name,
      ...where,
      ...factsOf(model),
      ...fit,
      ...(workingBytes !== undefined && { workingBytes }),
      licence,
      source: 'url' in from ? shown(from.url) : 'a file of this machine',
      addedAt: new Date().toISOString(),
    },
    null,
    2,
  );
  const descriptor = parseDescriptor(name, text);
  const temporary = join(modelsDir, `.${name}.descriptor`);
  await writeFile(temporary, `${text}\n`, { mode: 0o600, flush: true });
  await rename(temporary, descriptorPath(modelsDir, name));
  await syncFolder(modelsDir);
  return descriptor;
}

function factsOf(model: NewModel) {
  if (model.kind === undefined) return { mean: model.mean, std: model.std, output: model.output };
  const { kind, shape, sampleRateHz, stems, overlap, normalisation } = model;
  return { kind, shape, sampleRateHz, stems, overlap, normalisation };
}

/** Removes the graph that was replaced, and what killed processes left: graphs that nothing names, old downloads. */
async function sweep(modelsDir: string): Promise<void> {
  const catalogue = modelsIn(modelsDir);
  const named = new Set(catalogue.names().map((name) => readable(catalogue, name)?.fileName));
  // One that cannot be read may name any of them.
  const allReadable = !named.has(undefined);
  for (const entry of await readdir(modelsDir)) {
    const path = join(modelsDir, entry);
    if (allReadable && graphFile.test(entry) && !named.has(entry)) await rm(path, { force: true });
    if (!partFile.test(entry)) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - abandonedMs) await rm(path, { force: true });
  }
}

/** undefined when what is written about it cannot be used. */
export function readable(catalogue: ModelCatalogue, name: string): AnyModelDescriptor | undefined {
  try {
    return catalogue.find(name);
  } catch {
    return undefined;
  }
}

async function checkRoom(modelsDir: string, sizeBytes = 0): Promise<void> {
  const { bavail, bsize } = await statfs(modelsDir);
  if (bavail * bsize > sizeBytes) return;
  throw new AppError(
    'STORAGE_FULL',
    `The model has ${formatBytes(sizeBytes)}; the disk of the models folder has ${formatBytes(bavail * bsize)} left. Make room there.`,
  );
}

function withoutRoom(error: unknown): AppError | undefined {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (!['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code) || error instanceof AppError) return undefined;
  return new AppError(
    'STORAGE_FULL',
    `The model does not fit into the models folder (${code}). Make room and give the command again; ` +
      'a download goes on from where it stopped.',
    { cause: error },
  );
}

function graphFileName(name: string, sha256: string): string {
  return `${name}.${sha256.slice(0, 16)}.onnx`;
}

function unusable(what: string, why: string, cause?: unknown): AppError {
  return new AppError('MODEL_INVALID', `${what} cannot be used because ${why}.`, { cause });
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined); // not every system opens folders
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
