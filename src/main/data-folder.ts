import { AppError } from '#kernel/errors.ts';

/** For a folder that could not be made or used. @throws AppError STORAGE_FULL, CONFIG_INVALID; or the cause itself */
export function notWritable(cause: unknown): never {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new AppError('STORAGE_FULL', 'The disk of the data folder is full. Make room there.', { cause });
  }
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) throw cause;
  const advice = 'Check its permissions, or name another with --data or ESTEIRA_DATA_DIR.';
  throw new AppError('CONFIG_INVALID', `The data folder cannot be written to (${code}). ${advice}`, { cause });
}
