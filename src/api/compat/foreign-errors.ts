import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError, ErrorCode } from '#kernel/errors.ts';
import { logRefusal, shownError } from '../problem-details.ts';

/** A refusal in the words of the API that is stood in for. */
export class ForeignError extends Error {
  readonly status: number;
  /** `invalid_roi` */
  readonly code: string;
  readonly detail: string | undefined;

  constructor(status: number, code: string, title: string, detail?: string) {
    super(title);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** remove.bg's codes for what our own rooms refuse. */
const codes: Partial<Record<ErrorCode, readonly [status: number, code: string, title: string]>> = {
  UPLOAD_TOO_LARGE: [400, 'file_too_large', 'File too large'],
  BODY_TOO_LARGE: [400, 'file_too_large', 'File too large'],
  PIXEL_LIMIT: [400, 'resolution_too_high', 'Image resolution too high'],
  UNSUPPORTED_MEDIA_TYPE: [400, 'invalid_file_type', 'Invalid file type'],
  INPUT_NOT_ACCEPTED: [400, 'invalid_file_type', 'Invalid file type'],
  DURATION_LIMIT: [400, 'invalid_file_type', 'Invalid file type'],
  EMPTY_FILE: [400, 'failed_to_read_image', 'There was an error reading the image.'],
  MEDIA_INVALID: [400, 'failed_to_read_image', 'There was an error reading the image.'],
  PROVIDER_REFUSED: [400, 'unknown_foreground', 'Could not identify foreground in image.'],
  // What comes back with the next month: clients that try again in a second would go on for days.
  PLAN_LIMIT: [402, 'insufficient_credits', 'Insufficient credits'],
  OVERLOADED: [429, 'rate_limit_exceeded', 'Rate limit exceeded'],
};

/** `{errors: [{title, code, detail}]}` */
export function replyAsRemovebg(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message: title, detail } = foreignError(thrown, request);
  return send(reply, status, { errors: [{ title, code, ...(detail !== undefined && { detail }) }] });
}

/** `{detail}`, as FastAPI does. */
export function replyAsRembg(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, detail } = foreignError(thrown, request);
  return send(reply, status, { detail: detail ?? message });
}

function foreignError(thrown: unknown, request: FastifyRequest): ForeignError {
  if (thrown instanceof ForeignError) {
    request.log.info({ code: thrown.code, detail: thrown.detail }, thrown.message);
    return thrown;
  }
  const error = shownError(thrown);
  logRefusal(request, thrown, error);
  const known = codes[error.code];
  if (known !== undefined) return new ForeignError(...known, error.detail);
  if (error.code === 'INVALID_PARAMETERS') return invalidParameter(error);
  return new ForeignError(error.status, error.code.toLowerCase(), error.title, error.detail);
}

/** Fields whose parameters are called otherwise. */
const fieldOf: Readonly<Record<string, string>> = { background: 'bg_color', cropMargin: 'crop_margin' };
/** What only the picture itself can show to be wrong. */
const lateField = 'roi';

function invalidParameter({ extensions, detail }: AppError): ForeignError {
  const { parameter } = extensions;
  const field = parameter === undefined ? lateField : (fieldOf[String(parameter)] ?? String(parameter));
  return new ForeignError(400, `invalid_${field}`, `Invalid ${field} parameter given`, detail);
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  reply.removeHeader('connection');
  if (status === 429 || status === 503) reply.header('retry-after', '2');
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(Buffer.from(JSON.stringify(body)));
}
