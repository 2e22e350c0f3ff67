import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives a new data folder the model files that others have made already: they take seconds and 300 MB each time.
 *
 * @param ownDir where they are when no run of all tests says where its own are
 */
export async function shareModels(dataDir: string, ownDir: string): Promise<void> {
  const shared = process.env['TEST_MODELS_DIR'] ?? ownDir;
  await mkdir(shared, { recursive: true });
  await mkdir(dataDir, { recursive: true });
  await symlink(shared, join(dataDir, 'models'));
}
