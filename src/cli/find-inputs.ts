import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { inspectFile, type MediaLimits } from '#assets/inspect-media.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import type { MediaInfo } from '#processors/contract.ts';

export interface FoundInputs {
  readonly files: readonly InputFile[];
  /** Named by the user or looking like what is wanted, and unusable. */
  readonly failed: readonly { readonly input: string; readonly error: AppError }[];
  /** In a folder, and none of our business. */
  readonly skipped: readonly { readonly input: string; readonly why: string }[];
}

export interface InputFile {
  /** As the user would write it. */
  readonly input: string;
  /** Absolute, without links: two names of one file are the same. */
  readonly path: string;
  readonly media: MediaInfo;
  /** The folder argument it was found in, if it was. */
  readonly folder?: string;
}

/** How files of each kind are called, also those that are not read. */
const names = {
  picture: '.jpg .jpeg .jpe .jfif .png .webp .avif .gif .tif .tiff .heic .heif .bmp .jxl .psd'.split(' '),
  recording: '.wav .wave .bwf .aif .aiff .aifc .flac .mp3 .m4a .m4b .aac .ogg .oga .opus .mka .caf .wma .ape .wv'.split(
    ' ',
  ),
} as const;

const foreignCodes: ReadonlySet<ErrorCode> = new Set(['UNSUPPORTED_MEDIA_TYPE', 'INPUT_NOT_ACCEPTED']);

/**
 * Looks at everything named: files as they are, folders one level deep in the order of names.
 * What a file is, is told by its content; a name only makes the difference between "failed" and "not a picture" (or "not a
 * recording", where recordings are wanted).
 *
 * @param only of what is in the folders, these alone: the others are still being written
 */
export async function findInputs(
  given: readonly string[],
  accepts: readonly string[],
  limits: MediaLimits,
  only?: ReadonlySet<string>,
): Promise<FoundInputs> {
  const [wanted, other] = accepts.some((type) => type.startsWith('image/'))
    ? (['picture', 'recording'] as const)
    : (['recording', 'picture'] as const);
  const files: InputFile[] = [];
  const failed: { input: string; error: AppError }[] = [];
  const skipped: { input: string; why: string }[] = [];
  const look = async (input: string, folder?: string): Promise<void> => {
    try {
      const path = await realpath(input);
      const media = await inspectFile(path, limits);
      if (!accepts.includes(media.mediaType)) throw notAccepted(media.mediaType, accepts);
      if (files.some((file) => file.path === path)) skipped.push({ input, why: 'named twice' });
      else files.push({ input, path, media, ...(folder !== undefined && { folder }) });
    } catch (error) {
      const known = error instanceof AppError ? error : unreadable(error);
      const extension = extname(input).toLowerCase();
      const isOther = foreignCodes.has(known.code) || names[other].includes(extension);
      const isForeign = isOther && !names[wanted].includes(extension);
      if (folder !== undefined && isForeign) skipped.push({ input, why: `not a ${wanted}` });
      else failed.push({ input, error: known });
    }
  };
  for (const name of given) {
    const kind = await kindOf(name);
    if (kind === 'file') await look(name);
    else if (kind === 'folder') {
      for (const entry of (await readdir(name)).sort(new Intl.Collator('en', { numeric: true }).compare)) {
        const path = join(name, entry);
        if (only !== undefined && !only.has(path)) continue;
        const inside = await kindOf(path);
        if (inside === 'file') await look(path, name);
        else skipped.push({ input: path, why: inside === 'folder' ? 'a folder within the folder' : 'not a file' });
      }
    } else failed.push({ input: name, error: notThere(kind) });
  }
  return { files, failed, skipped };
}

type Kind = 'file' | 'folder' | 'missing' | 'other';

async function kindOf(path: string): Promise<Kind> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'missing';
  }
}

function notThere(kind: Kind): AppError {
  const what = kind === 'missing' ? 'There is no such file or folder.' : 'This is neither a file nor a folder.';
  return new AppError('NOT_FOUND', `${what} Check the name.`);
}

function unreadable(cause: unknown): AppError {
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  return new AppError('BAD_REQUEST', `The file cannot be read (${code}). Check its permissions.`, { cause });
}

function notAccepted(mediaType: string, accepts: readonly string[]): AppError {
  return new AppError(
    'INPUT_NOT_ACCEPTED',
    `This is ${mediaType}; accepted are ${accepts.join(', ')}. Convert it first.`,
  );
}
