import { AppError } from '#kernel/errors.ts';
import { fileName } from './file-name.ts';
import { isSigned, type SigningKeys, signPath } from './url-signature.ts';

/** An output that anybody may read who has its address, for a time. */
export interface OutputLink {
  readonly jobId: string;
  readonly index: number;
  /** What the file is called there; it says nothing of the content. */
  readonly name: string | null;
  readonly mediaType: string;
  /** In seconds since 1970. */
  readonly expires: number;
}

/** @returns `/o/<signature>/<expires>/<job>/<index>/<name>` */
export function outputPath(keys: SigningKeys, { jobId, index, name, mediaType, expires }: OutputLink): string {
  const { stem, extension } = fileName(name, mediaType);
  const path = `/${expires}/${jobId}/${index}/${encodeURIComponent(`${stem}.${extension}`)}`;
  return `/o/${signPath(keys, signed(path))}${path}`;
}

/**
 * Holds an address to its signature and its time. What is signed is the address as it was sent: decoding could make two
 * addresses one.
 *
 * @param url of the request, as it came
 * @returns for how many seconds it holds
 * @throws AppError INVALID_SIGNATURE, LINK_EXPIRED
 */
export function checkOutputPath(keys: SigningKeys, url: string, nowMs: number): number {
  const [, signature = '', path = ''] = /^\/o\/([^/]*)(\/[^?]*)/.exec(url) ?? [];
  if (!isSigned(keys, signed(path), signature)) {
    throw new AppError(
      'INVALID_SIGNATURE',
      'The signature does not fit this address. Addresses of results are used as they were given, or asked for anew.',
    );
  }
  const leftSeconds = Math.floor(Number(path.split('/')[1]) - nowMs / 1_000);
  if (leftSeconds > 0) return leftSeconds;
  throw new AppError('LINK_EXPIRED', 'The time of this address is over. Ask for a new one.');
}

/** Not what addresses of pictures sign. */
function signed(path: string): string {
  return `/o${path}`;
}
