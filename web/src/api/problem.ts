/** What the server said when it refused, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The server's code, such as `PIXEL_LIMIT`; `UNREACHABLE` when there was no answer. */
  readonly code: string;
  /** The server's own words, in English. */
  readonly detail: string;
  /** What else it said: which limit, how much, until when. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    { cause, extensions = {} }: { cause?: unknown; extensions?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.extensions = extensions;
  }
}

/** What can be shown of an error: a refusal of the API, or the end of a job. */
export interface ShownError {
  readonly code: string;
  readonly detail: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Reads RFC 9457 problem details; whatever else a proxy may have answered becomes one too. */
export function problemFrom(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const detail = 'detail' in body && typeof body.detail === 'string' ? body.detail : body.code;
    const error = new ApiError(status, body.code, detail, { extensions: { ...body } });
    if (error.code === 'UNAUTHENTICATED') for (const listener of signedOutListeners) listener();
    return error;
  }
  return new ApiError(status, status === 413 ? 'UPLOAD_TOO_LARGE' : 'UNKNOWN', `HTTP ${status}`);
}

export function unreachable(cause?: unknown): ApiError {
  return new ApiError(0, 'UNREACHABLE', 'The server did not answer.', { cause });
}

const signedOutListeners = new Set<() => void>();

/** Hears of every answer that says that nobody is signed in, whoever asked. */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.add(listener);
}

/** Whatever was thrown, as something that can be shown. */
export function shownError(thrown: unknown): ShownError {
  if (thrown instanceof ApiError) return thrown;
  return { code: 'UNKNOWN', detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
