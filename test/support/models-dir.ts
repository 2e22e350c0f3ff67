import { mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One folder of model files for all tests, kept between runs: making them takes seconds and 300 MB, and every use
 * checks their hashes anyway.
 */
export const testModelsDir = join(tmpdir(), 'esteira-test-models');

/** Gives a data folder those files. */
export async function shareModels(dataDir: string): Promise<void> {
  await mkdir(testModelsDir, { recursive: true });
  await mkdir(dataDir, { recursive: true });
  await symlink(testModelsDir, join(dataDir, 'models')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
