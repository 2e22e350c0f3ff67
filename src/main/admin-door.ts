import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { notWritable } from './data-folder.ts';
import type { Parts } from './parts.ts';

const fileName = 'operator-token';

/** Where the owner of the data folder finds what lets the command line in while a server holds that folder. */
export function operatorTokenPath(dataDir: string): string {
  return join(dataDir, fileName);
}

/** Leaves the token of this process in its data folder, readable by the owner alone, until the process ends. */
export async function offerAdminDoor({ config, localOperator }: Parts, opened: AsyncDisposableStack): Promise<void> {
  const path = operatorTokenPath(config.dataDir);
  await writePrivately(path, localOperator.token).catch(notWritable);
  opened.defer(() => rm(path, { force: true }));
}

/** Put in place in one step: nobody reads half of it, nor a file whose rights somebody else has set. */
async function writePrivately(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}
