import type { ShownError } from '../../api/problem.ts';

const codes: ReadonlySet<string> = new Set([
  'UPLOAD_TOO_LARGE',
  'EMPTY_FILE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INPUT_NOT_ACCEPTED',
  'PIXEL_LIMIT',
  'FRAME_LIMIT',
  'MEDIA_INVALID',
  'RESOURCE_LIMIT',
  'ASSET_NOT_FOUND',
]);

/** Whether the file itself is the reason: to try the same again would be in vain. */
export function isHopeless({ code }: ShownError): boolean {
  return codes.has(code);
}
