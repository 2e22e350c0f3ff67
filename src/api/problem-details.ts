import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { AppError } from '#kernel/errors.ts';

/** @see RFC 9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly [extension: string]: unknown;
}

export const problemMediaType = 'application/problem+json';
const maxFieldErrors = 20;

/** The members that every problem has come last, so that no extension can replace them. */
export function problemOf(error: AppError, requestId: string): Problem {
  const { code, title, status, detail, extensions } = error;
  return { ...extensions, type: `/problems/${code}`, title, status, detail, code, requestId };
}

/**
 * Answers with a problem document, whatever was thrown. The one error handler of the app: what is not an AppError
 * or a fault of the request shows as a bare 500, and its stack goes to the log alone.
 */
export function replyWithProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = shownError(thrown);
  logRefusal(request, thrown, error);

  // What is left of a refused body is drained (plugins/drain-refused-bodies.ts), so the connection may stay.
  reply.removeHeader('connection');
  if (error.status === 503) reply.header('retry-after', '2');
  const { allow, resetsAt } = error.extensions;
  if (error.status === 429 && typeof resetsAt === 'string') reply.header('retry-after', secondsUntil(resetsAt));
  if (Array.isArray(allow)) reply.header('allow', allow.join(', '));
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .header('content-type', problemMediaType)
    .header('x-request-id', request.id)
    .send(Buffer.from(JSON.stringify(problemOf(error, request.id))));
}

/** @param time as ISO 8601 says it */
function secondsUntil(time: string): number {
  return Math.max(1, Math.ceil((Date.parse(time) - Date.now()) / 1_000));
}

/**
 * The same for a request that never became one: written to the bare socket.
 *
 * @param withBody false where the client would take it for the next answer: it asked with HEAD
 */
export function rawProblemResponse(error: AppError, requestId: string, withBody: boolean): string {
  const body = JSON.stringify(problemOf(error, requestId));
  return [
    `HTTP/1.1 ${error.status} ${error.title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    withBody ? body : '',
  ].join('\r\n');
}

/** A refusal that was decided here needs no stack; whatever surprised us does. */
export function logRefusal(request: FastifyRequest, thrown: unknown, error: AppError): void {
  const decided = thrown instanceof AppError && thrown.cause === undefined;
  if (error.status < 500 || decided) request.log.info({ code: error.code, detail: error.detail }, error.title);
  else request.log.error({ err: thrown, code: error.code }, error.title);
}

/** What may be shown of whatever was thrown. */
export function shownError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const fault = isFastifyError(thrown) ? requestFault(thrown) : (fileFault(thrown) ?? textFault(thrown));
  return fault ?? new AppError('INTERNAL', 'Internal Server Error');
}

/** What the sender of the studio's files refuses: a range that is none, a condition that does not hold. */
function fileFault(thrown: unknown): AppError | undefined {
  if (!(thrown instanceof Error && 'status' in thrown && 'expose' in thrown && thrown.expose === true))
    return undefined;
  if (thrown.status === 416) return new AppError('RANGE_NOT_SATISFIABLE', 'The range lies outside the file.');
  if (thrown.status === 412) return new AppError('BAD_REQUEST', 'The file is not the one that the condition names.');
  return new AppError('NOT_FOUND', 'There is nothing at this address.');
}

/**
 * PostgreSQL keeps no U+0000 and no half of a pair. Wherever a name, an id or a filter holds one, it is the request that
 * is wrong.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html, 22021 and 22P05
 */
function textFault(thrown: unknown): AppError | undefined {
  const isRefusedText = thrown instanceof Error && 'code' in thrown && /^(22021|22P05)$/.test(String(thrown.code));
  return isRefusedText
    ? new AppError('INVALID_PARAMETERS', 'The request has a text with characters that cannot be kept, such as U+0000.')
    : undefined;
}

export function isFastifyError(thrown: unknown): thrown is FastifyError {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_')
  );
}

/** What Fastify and its plugins refuse, in our words; undefined when it is our own fault. */
function requestFault(error: FastifyError): AppError | undefined {
  if (error.validation) return invalidParameters(error.validation, error.validationContext ?? 'body');
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('UNSUPPORTED_CONTENT_TYPE', 'Send the body as application/json.');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('BODY_TOO_LARGE', 'The body is larger than this address accepts.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('BAD_REQUEST', 'The body is not as long as Content-Length says.');
    case 'FST_ERR_BAD_URL':
      return new AppError('BAD_REQUEST', 'The address is not a valid URL: check its percent-encoding.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_STATIC_FORBIDDEN_PATH':
      return new AppError('NOT_FOUND', 'There is nothing at this address.');
    case 'FST_PARTS_LIMIT':
    case 'FST_FILES_LIMIT':
    case 'FST_FIELDS_LIMIT':
      return new AppError('BODY_TOO_LARGE', 'The form has too many parts.');
    case 'FST_INVALID_JSON_FIELD_ERROR':
      return new AppError('INVALID_JSON', 'A field of the form says that it is JSON, and is not.');
    case 'FST_PROTO_VIOLATION':
      return new AppError('BAD_REQUEST', 'The form has a field with a forbidden name.');
    case 'FST_MP_PREMATURE_CLOSE':
      return new AppError('UPLOAD_INTERRUPTED', 'The connection closed before the upload was complete. Send it again.');
    default:
      return undefined;
  }
}

/** @param part where the fields are: `body`, `querystring`, `params`, `headers` */
function invalidParameters(failures: readonly FastifySchemaValidationError[], part: string): AppError {
  const errors = failures.slice(0, maxFieldErrors).flatMap(fieldErrors);
  const where = part === 'querystring' ? 'query' : part;
  const sentence = errors.map(({ field, message }) => (field ? `${field} ${message}` : `the ${where} ${message}`));
  return new AppError('INVALID_PARAMETERS', `In the ${where}: ${sentence.join('; ')}.`, { extensions: { errors } });
}

function fieldErrors(failure: FastifySchemaValidationError): { field: string; message: string }[] {
  // An unknown field is reported twice; `additionalProperties` says it better.
  if (failure.keyword === 'boolean') return [];
  const parent = failure.instancePath.slice(1).replaceAll('/', '.');
  const inParent = (name: unknown): string => (parent ? `${parent}.${String(name)}` : String(name));
  const { additionalProperties, requiredProperties, allowedValues } = failure.params;
  if (failure.keyword === 'additionalProperties' && Array.isArray(additionalProperties)) {
    return additionalProperties.map((name) => ({ field: inParent(name), message: 'is not a known field' }));
  }
  if (failure.keyword === 'required' && Array.isArray(requiredProperties)) {
    return requiredProperties.map((name) => ({ field: inParent(name), message: 'is missing' }));
  }
  if (failure.keyword === 'enum' && Array.isArray(allowedValues)) {
    return [{ field: parent, message: `must be one of ${allowedValues.join(', ')}` }];
  }
  return [{ field: parent, message: failure.message ?? 'is not valid' }];
}
