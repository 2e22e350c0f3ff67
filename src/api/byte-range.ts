import { AppError } from '#kernel/errors.ts';
import type { ByteRange } from '#storage/object-store.ts';

/**
 * The part of a body that a `Range` header asks for.
 *
 * @returns undefined for the whole: no header, another unit, several ranges or bad syntax (a server may ignore those)
 * @throws AppError RANGE_NOT_SATISFIABLE when the range begins past the end
 * @see RFC 9110, section 14
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;

  const lastByte = sizeBytes - 1;
  if (first === '') {
    const length = Number(last);
    if (length === 0 || sizeBytes === 0) throw notSatisfiable(sizeBytes);
    return { start: Math.max(0, sizeBytes - length), end: lastByte };
  }
  const start = Number(first);
  const end = last === '' ? lastByte : Math.min(Number(last), lastByte);
  if (last !== '' && Number(last) < start) return undefined;
  if (start > lastByte) throw notSatisfiable(sizeBytes);
  return { start, end };
}

function notSatisfiable(sizeBytes: number): AppError {
  const detail = `The range lies outside the content, which has ${sizeBytes} bytes.`;
  return new AppError('RANGE_NOT_SATISFIABLE', detail, { extensions: { sizeBytes } });
}
