import type { ErrorCode } from '#kernel/errors.ts';

export interface Word {
  /** As the list of hostile input has it. */
  readonly word: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** Why it is another one, or is said at another time, where that is so. */
  readonly because?: string;
}

/** The words of the list, and the codes that this program has for them: codes are in capitals, as everywhere in it. */
export const words: readonly Word[] = [
  { word: 'pixel-limit', status: 422, code: 'PIXEL_LIMIT' },
  { word: 'frame-limit', status: 422, code: 'FRAME_LIMIT' },
  { word: 'duration-limit', status: 422, code: 'DURATION_LIMIT' },
  {
    word: 'resource-limit',
    status: 422,
    code: 'RESOURCE_LIMIT',
    because: 'the profile of row 7 is unpacked, up to a limit, when the file comes: it is refused, and no job is made',
  },
  {
    word: 'media-invalid',
    status: 422,
    code: 'MEDIA_INVALID',
    because:
      'what the header shows (8, 9, 22 to 25) is refused at the upload; the job ends so for what only decoding shows',
  },
  { word: 'too-large', status: 413, code: 'UPLOAD_TOO_LARGE', because: 'of files; JSON has its own limit, below' },
  { word: 'too-large', status: 413, code: 'BODY_TOO_LARGE', because: 'of JSON (77): its advice is another' },
  { word: 'type', status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', because: 'of a file, by its content' },
  { word: 'type', status: 415, code: 'UNSUPPORTED_CONTENT_TYPE', because: 'of a request, by its header (61, 71)' },
  { word: 'empty', status: 422, code: 'EMPTY_FILE' },
  { word: 'offset', status: 409, code: 'UPLOAD_OFFSET_CONFLICT' },
  { word: 'unsafe-url', status: 422, code: 'URL_NOT_ALLOWED' },
  {
    word: 'fetch-timeout',
    status: 422,
    code: 'URL_FETCH_FAILED',
    because: 'one code for every way to fail; its detail says which',
  },
  {
    word: 'archive-invalid',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    because: 'nothing in the program reads archives yet: every door refuses them as a type, whatever is in them',
  },
];
