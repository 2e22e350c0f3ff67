/**
 * Every way Esteira can say no, in one table.
 *
 * A code is a promise: programs match on it, `docs/errors.md` explains it (a test holds the two together),
 * the API renders it as RFC 9457 problem details, and the worker retries only what is marked retryable.
 */
export const errorTable = {
  // Requests
  BAD_REQUEST: { status: 400, title: 'Bad request', retryable: false },
  INVALID_JSON: { status: 400, title: 'The body is not valid JSON', retryable: false },
  INVALID_PARAMETERS: { status: 400, title: 'Invalid parameters', retryable: false },
  NOT_FOUND: { status: 404, title: 'Not found', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', retryable: false },
  HOST_NOT_ALLOWED: { status: 421, title: 'Host not allowed', retryable: false },
  PROXY_REQUIRED: { status: 403, title: 'Only the proxy may ask', retryable: false },
  ORIGIN_NOT_ALLOWED: { status: 403, title: 'Origin not allowed', retryable: false },
  INVALID_SIGNATURE: { status: 403, title: 'The signature does not fit the address', retryable: false },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive', retryable: false },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large', retryable: false },
  UNSUPPORTED_CONTENT_TYPE: { status: 415, title: 'Unsupported content type', retryable: false },
  HEADERS_TOO_LARGE: { status: 431, title: 'Request headers too large', retryable: false },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'Range not satisfiable', retryable: false },

  // Accounts
  UNAUTHENTICATED: { status: 401, title: 'Not signed in', retryable: false },
  FORBIDDEN: { status: 403, title: 'Not allowed', retryable: false },
  WRONG_CREDENTIALS: { status: 401, title: 'Wrong address or password', retryable: false },
  WRONG_CODE: { status: 401, title: 'Wrong code', retryable: false },
  SIGN_IN_AGAIN: { status: 403, title: 'The sign-in is too long ago', retryable: false },
  ACCOUNT_DISABLED: { status: 403, title: 'The account is disabled', retryable: false },
  EMAIL_UNVERIFIED: { status: 403, title: 'The address is not confirmed', retryable: false },
  EMAIL_TAKEN: { status: 409, title: 'The address has an account', retryable: false },
  SIGN_UP_CLOSED: { status: 403, title: 'Only those who are invited may join', retryable: false },
  PASSWORD_WEAK: { status: 422, title: 'The password would be guessed', retryable: false },
  SECOND_FACTOR_STATE: { status: 409, title: 'The second factor is not in the state for this', retryable: false },
  PASSKEY_INVALID: { status: 401, title: 'The passkey was not accepted', retryable: false },
  OIDC_FAILED: { status: 400, title: 'Signing in elsewhere did not work', retryable: false },
  SETUP_TOKEN_WRONG: { status: 401, title: 'Wrong token', retryable: false },
  SETUP_DONE: { status: 404, title: 'This server has an administrator', retryable: false },
  PERSON_NOT_FOUND: { status: 404, title: 'Person not found', retryable: false },
  LAST_OPERATOR: { status: 409, title: 'Nobody would run this server', retryable: false },
  TENANT_NOT_FOUND: { status: 404, title: 'Workspace not found', retryable: false },
  TENANT_LIMIT: { status: 409, title: 'Too many workspaces', retryable: false },
  MEMBER_NOT_FOUND: { status: 404, title: 'Member not found', retryable: false },
  MEMBER_LIMIT: { status: 409, title: 'Too many members', retryable: false },
  LAST_OWNER: { status: 409, title: 'The workspace would have no owner', retryable: false },
  INVITATION_NOT_FOUND: { status: 404, title: 'Invitation not found', retryable: false },
  INVITATION_LIMIT: { status: 409, title: 'Too many invitations', retryable: false },
  ROLE_NOT_FOUND: { status: 404, title: 'Role not found', retryable: false },
  ROLE_NAME_TAKEN: { status: 409, title: 'Another role has this name', retryable: false },
  ROLE_IN_USE: { status: 409, title: 'Somebody has this role', retryable: false },
  ROLE_BUILT_IN: { status: 409, title: 'The role comes with the program', retryable: false },
  ROLE_LIMIT: { status: 409, title: 'Too many roles', retryable: false },
  KEY_NOT_FOUND: { status: 404, title: 'API key not found', retryable: false },
  KEY_LIMIT: { status: 409, title: 'Too many API keys', retryable: false },
  TOKEN_KEYS_UNAVAILABLE: { status: 503, title: 'The identity provider does not answer', retryable: true },

  // Privacy
  EXPORT_NOT_FOUND: { status: 404, title: 'Export not found', retryable: false },
  EXPORT_NOT_READY: { status: 409, title: 'The export is not ready', retryable: false },
  ERASURE_NOT_FOUND: { status: 404, title: 'Erasure not found', retryable: false },
  ERASURE_UNDER_WAY: { status: 409, title: 'The erasure is under way', retryable: false },
  OBJECT_ERASED: { status: 503, title: 'This file was just erased', retryable: true },

  // Limits
  RATE_LIMITED: { status: 429, title: 'Too many requests', retryable: true },
  LIMITS_UNAVAILABLE: { status: 503, title: 'Limits cannot be counted', retryable: true },

  // Plans
  PLAN_LIMIT: { status: 429, title: 'The plan allows no more of this now', retryable: false },
  QUOTA_EXCEEDED: { status: 413, title: 'No room left in the workspace', retryable: false },
  TENANT_SUSPENDED: { status: 403, title: 'The workspace is suspended', retryable: false },
  PLAN_NOT_FOUND: { status: 404, title: 'Plan not found', retryable: false },
  PLAN_NAME_TAKEN: { status: 409, title: 'Another plan has this id', retryable: false },
  PLAN_IN_USE: { status: 409, title: 'The plan is in use', retryable: false },

  // Events
  TOO_MANY_STREAMS: { status: 429, title: 'Too many streams of events', retryable: false },

  // Uploads and media
  UPLOAD_TOO_LARGE: { status: 413, title: 'Upload too large', retryable: false },
  UPLOAD_INTERRUPTED: { status: 400, title: 'Upload interrupted', retryable: false },
  UPLOAD_NOT_FOUND: { status: 404, title: 'Upload not found', retryable: false },
  UPLOAD_EXPIRED: { status: 410, title: 'The upload has expired', retryable: false },
  UPLOAD_LOCKED: { status: 423, title: 'The upload is in use', retryable: true },
  UPLOAD_OFFSET_CONFLICT: { status: 409, title: 'The upload continues elsewhere', retryable: false },
  CHECKSUM_MISMATCH: { status: 460, title: 'The bytes are not those of the checksum', retryable: true },
  TUS_VERSION_UNSUPPORTED: { status: 412, title: 'Version of tus not supported', retryable: false },
  TOO_MANY_UPLOADS: { status: 429, title: 'Too many unfinished uploads', retryable: true },
  EMPTY_FILE: { status: 422, title: 'The file is empty', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type', retryable: false },
  PIXEL_LIMIT: { status: 422, title: 'Too many pixels', retryable: false },
  FRAME_LIMIT: { status: 422, title: 'Too many frames', retryable: false },
  DURATION_LIMIT: { status: 422, title: 'The recording is too long', retryable: false },
  CODEC_UNAVAILABLE: { status: 422, title: 'This server cannot decode the recording', retryable: false },
  MEDIA_INVALID: { status: 422, title: 'The file is damaged or not what it claims to be', retryable: false },
  NO_SUBJECT: { status: 422, title: 'No subject was found in the picture', retryable: false },
  RESULT_TOO_LARGE: { status: 422, title: 'The result does not fit into its bytes', retryable: false },
  RESOURCE_LIMIT: { status: 422, title: 'The file needs more resources than one job may use', retryable: false },
  URL_NOT_ALLOWED: { status: 422, title: 'The address may not be fetched', retryable: false },
  URL_FETCH_FAILED: { status: 422, title: 'The address could not be fetched', retryable: false },
  ASSET_NOT_FOUND: { status: 404, title: 'Asset not found', retryable: false },
  OBJECT_NOT_FOUND: { status: 404, title: 'Stored object not found', retryable: false },
  DIRECT_UPLOAD_UNAVAILABLE: { status: 501, title: 'Files cannot go straight to the store', retryable: false },
  UPLOAD_INCOMPLETE: { status: 409, title: 'The file has not arrived', retryable: false },
  UPLOAD_MISMATCH: { status: 422, title: 'The file is not the one that was announced', retryable: false },
  LINK_EXPIRED: { status: 410, title: 'The link has expired', retryable: false },
  OBJECT_CORRUPT: { status: 500, title: 'A stored object does not match its hash', retryable: true },

  // Jobs
  UNKNOWN_PROCESSOR: { status: 422, title: 'Unknown processor', retryable: false },
  PROCESSOR_UNAVAILABLE: { status: 503, title: 'No worker has this processor', retryable: true },
  WRONG_INPUT_COUNT: { status: 422, title: 'Wrong number of inputs', retryable: false },
  INPUT_NOT_ACCEPTED: { status: 415, title: 'The processor does not accept this media type', retryable: false },
  JOB_NOT_FOUND: { status: 404, title: 'Job not found', retryable: false },
  OUTPUT_NOT_FOUND: { status: 404, title: 'Job output not found', retryable: false },
  JOB_NOT_FINISHED: { status: 409, title: 'The job has not finished', retryable: false },
  JOB_NOT_CANCELLABLE: { status: 409, title: 'The job has already finished', retryable: false },
  JOB_NOT_RETRYABLE: { status: 409, title: 'Only failed or cancelled jobs can be retried', retryable: false },
  JOB_CANCELLED: { status: 409, title: 'The job was cancelled', retryable: false },
  JOB_DEADLINE: { status: 504, title: 'The job took longer than its deadline', retryable: false },
  JOB_MEMORY_LIMIT: { status: 422, title: 'The job used more memory than it may', retryable: false },
  JOB_FAILED: { status: 500, title: 'The job failed', retryable: false },
  JOB_ATTEMPTS_EXHAUSTED: { status: 500, title: 'The job was interrupted too often', retryable: false },
  WORKER_CRASHED: { status: 500, title: 'The process running the job crashed', retryable: true },
  WORKER_BAD_OUTPUT: { status: 500, title: 'The processor returned something unusable', retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency key used for a different request', retryable: false },
  WAIT_TIMED_OUT: { status: 504, title: 'The result was not ready in time', retryable: false },

  // Batches, pipelines and templates
  BATCH_NOT_FOUND: { status: 404, title: 'Batch not found', retryable: false },
  PIPELINE_NOT_FOUND: { status: 404, title: 'Pipeline not found', retryable: false },
  PIPELINE_INVALID: { status: 422, title: 'The pipeline cannot be used', retryable: false },
  ARCHIVE_EMPTY: { status: 409, title: 'There is nothing to put into the archive', retryable: false },
  TEMPLATE_NOT_FOUND: { status: 404, title: 'Template not found', retryable: false },
  TEMPLATE_INVALID: { status: 422, title: 'The template cannot be used', retryable: false },
  TEMPLATE_VALUES: { status: 422, title: 'The values do not fit the template', retryable: false },
  TABLE_INVALID: { status: 422, title: 'The table cannot be used', retryable: false },
  TEMPLATE_NAME_TAKEN: { status: 409, title: 'Another template has this name', retryable: false },
  TEMPLATE_CHANGED: { status: 409, title: 'The template has been changed meanwhile', retryable: false },
  TEMPLATE_LIMIT: { status: 409, title: 'Too many templates', retryable: false },

  // Webhooks and schedules
  WEBHOOK_NOT_FOUND: { status: 404, title: 'Webhook endpoint not found', retryable: false },
  WEBHOOK_INACTIVE: { status: 409, title: 'The webhook endpoint is switched off', retryable: false },
  WEBHOOK_LIMIT: { status: 409, title: 'Too many webhook endpoints', retryable: false },
  DELIVERY_NOT_FOUND: { status: 404, title: 'Webhook delivery not found', retryable: false },
  SCHEDULE_NOT_FOUND: { status: 404, title: 'Schedule not found', retryable: false },
  SCHEDULE_INVALID: { status: 422, title: 'The schedule cannot be used', retryable: false },
  SCHEDULE_LIMIT: { status: 409, title: 'Too many schedules', retryable: false },

  // Shares
  SHARE_NOT_FOUND: { status: 404, title: 'Nothing is shared here', retryable: false },
  SHARE_LIMIT: { status: 409, title: 'Too many shares', retryable: false },

  // Models
  MODEL_NOT_FOUND: { status: 422, title: 'Unknown model', retryable: false },
  MODEL_CORRUPT: { status: 500, title: 'A model file does not match its hash', retryable: false },
  MODEL_INVALID: { status: 422, title: 'The model cannot be used', retryable: false },
  MODEL_DOWNLOAD_FAILED: { status: 502, title: 'The model could not be downloaded', retryable: false },

  // Outside providers
  PROVIDER_UNAVAILABLE: { status: 502, title: 'The outside provider does not answer', retryable: true },
  PROVIDER_DENIED: { status: 502, title: 'The outside provider refuses this server', retryable: false },
  PROVIDER_REFUSED: { status: 422, title: 'The outside provider refuses the picture', retryable: false },
  PROVIDER_BAD_ANSWER: { status: 502, title: 'The outside provider answered something unusable', retryable: false },

  // The machine and its engines
  DATA_DIR_LOCKED: { status: 503, title: 'The data folder is in use', retryable: false },
  CONFIG_INVALID: { status: 500, title: 'Invalid configuration', retryable: false },
  DATABASE_UNAVAILABLE: { status: 503, title: 'Database unavailable', retryable: true },
  FAN_OUT_UNAVAILABLE: { status: 503, title: 'Other processes cannot be told', retryable: true },
  LOCKS_UNAVAILABLE: { status: 503, title: 'Locks unavailable', retryable: true },
  STORAGE_UNAVAILABLE: { status: 503, title: 'Storage unavailable', retryable: true },
  STORAGE_FULL: { status: 507, title: 'Storage is full', retryable: true },
  OVERLOADED: { status: 503, title: 'The server is busy', retryable: true },
  SHUTTING_DOWN: { status: 503, title: 'The server is shutting down', retryable: true },
  INTERNAL: { status: 500, title: 'Internal Server Error', retryable: false },
} as const satisfies Record<string, ErrorEntry>;

export interface ErrorEntry {
  /** HTTP status of the problem document. */
  readonly status: number;
  readonly title: string;
  /** Whether running the same work again may succeed: the worker's retry decision. */
  readonly retryable: boolean;
}

export type ErrorCode = keyof typeof errorTable;

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Extra members of the problem document, for programs: `{ limitBytes: 62914560 }`. Never secrets or paths. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/**
 * An error that may be shown: `detail` says what happened, with what, and what to do.
 *
 * @throws never; it is thrown
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.extensions = options.extensions ?? {};
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get title(): string {
    return errorTable[this.code].title;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** True for codes that came from outside, such as a sandbox child or a database row. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}
