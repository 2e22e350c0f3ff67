import { PassThrough, type Readable } from 'node:stream';
import type { Multipart, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { type TProperties, Type } from 'typebox';
import type { Asset } from '#assets/asset.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes, kibibyte, mebibyte } from '#kernel/units.ts';
import type { AppDeps } from './deps.ts';
import { isFastifyError } from './problem-details.ts';

export interface Upload {
  readonly asset: Asset;
  /** The form's text fields, or nothing for a raw body. */
  readonly fields: ReadonlyMap<string, string>;
  /** Files beside the one, by the field they came in. */
  readonly extras: ReadonlyMap<string, Asset>;
}

/** A form with several files. */
export interface ReceivedForm {
  /** By the field they came in. */
  readonly files: ReadonlyMap<string, Asset>;
  readonly fields: ReadonlyMap<string, string>;
}

export interface FormRules {
  /** Each may come once. */
  readonly fileFields: readonly string[];
  readonly maxFiles: number;
  /** Of one field; all of them together may have twice as much. */
  readonly maxFieldBytes?: number;
}

type FormLimits = NonNullable<Parameters<FastifyRequest['parts']>[0]>['limits'] & object;

const maxFields = 64;
const usualFieldBytes = 64 * kibibyte;
/** What boundaries, part headers and fields may add to the file. */
const formOverheadBytes = mebibyte;
const stallMs = 60_000;

/**
 * Route options for streamed bodies: the body's schema is for the API's document alone, nothing reads it whole.
 *
 * @param fields schemas of the form's other fields
 */
export function uploadOptions(fileField: string, fields: TProperties = {}, extraFields: readonly string[] = []) {
  const file = Type.Unsafe<never>({ type: 'string', format: 'binary' });
  // A name may stand for a file and for a parameter: the parameter's schema says more.
  const extras = Object.fromEntries(extraFields.map((name) => [name, file]));
  const body = Type.Object({ [fileField]: file, ...extras, ...fields });
  return { schema: { consumes: ['multipart/form-data'], body }, validatorCompiler: () => () => true };
}

/**
 * Receives the one file of a request, streamed: a form's file part called by one of `fileFields`, or the raw body.
 * Fields may stand before and after the file.
 *
 * @param extraFields names of further files that a form may have beside it
 * @throws AppError INVALID_PARAMETERS for a form without such a file or with two, BAD_REQUEST for a malformed form,
 *   UPLOAD_TOO_LARGE, and whatever `assets.receive` throws; then no asset is left behind
 */
export async function receiveUpload(
  request: FastifyRequest,
  deps: AppDeps,
  actor: Actor,
  fileFields: readonly string[],
  extraFields: readonly string[] = [],
): Promise<Upload> {
  return await receivingFiles(request, deps, actor, async (id) => {
    if (!request.isMultipart()) {
      const asset = await deps.assets.receive(actor, rawBody(request), null, id);
      return { asset, fields: new Map(), extras: new Map() };
    }
    const rules = { fileFields: [...fileFields, ...extraFields], maxFiles: 1 + extraFields.length };
    const { files, fields } = await readForm(request, deps, actor, rules, id);
    const [name = '', another] = [...files.keys()].filter((field) => fileFields.includes(field));
    const asset = files.get(name);
    if (asset !== undefined && another === undefined) {
      return { asset, fields, extras: new Map([...files].filter(([field]) => field !== name)) };
    }
    for (const { id } of files.values()) await deps.assets.remove(actor, id).catch(() => {});
    throw another === undefined ? missingFile(fileFields) : unexpectedFile(another, fileFields);
  });
}

/**
 * Receives a form's files, streamed, and its fields.
 *
 * @throws AppError as `receiveUpload`; a form without files is none of its business
 */
export async function receiveForm(
  request: FastifyRequest,
  deps: AppDeps,
  actor: Actor,
  rules: FormRules,
): Promise<ReceivedForm> {
  return await receivingFiles(request, deps, actor, (id) => readForm(request, deps, actor, rules, id));
}

/**
 * Holds the room that a body says it needs, before a byte of it is read.
 *
 * @param read gets the id that the first file's asset is to have, if room is held for it
 */
async function receivingFiles<T>(
  request: FastifyRequest,
  deps: AppDeps,
  actor: Actor,
  read: (id: string | undefined) => Promise<T>,
): Promise<T> {
  return await receiving(request, deps, async () => {
    const overheadBytes = request.isMultipart() ? formOverheadBytes : 0;
    const leastBytes = Number(request.headers['content-length'] ?? 0) - overheadBytes;
    if (leastBytes <= 0) return await read(undefined);
    const room = await deps.quota.hold(actor.tenantId, leastBytes);
    try {
      return await read(room.id);
    } finally {
      await room.release();
    }
  });
}

/** Watches over a body while it is read, however it is read. */
export async function receiving<T>(request: FastifyRequest, deps: AppDeps, read: () => Promise<T>): Promise<T> {
  // It may have gone while the hooks ran; then nothing would ever tell us so.
  if (isCutOff(request)) throw interrupted();
  refuseTooLarge(request, deps.config.maxUploadBytes);
  const stopWatching = destroyWhenStalled(request);
  try {
    return await read();
  } catch (error) {
    throw isCutOff(request) ? interrupted(error) : error;
  } finally {
    stopWatching();
  }
}

async function readForm(
  request: FastifyRequest,
  { assets, config }: AppDeps,
  actor: Actor,
  { fileFields, maxFiles, maxFieldBytes = usualFieldBytes }: FormRules,
  firstId: string | undefined,
): Promise<ReceivedForm> {
  // One byte more than allowed, so that `receive` sees that there was more and says so.
  const fileSize = config.maxUploadBytes + 1;
  const limits = { files: maxFiles + 1, fileSize, fields: maxFields, fieldSize: maxFieldBytes };
  const fields = new Map<string, string>();
  const files = new Map<string, Asset>();
  let fieldChars = 0;
  try {
    for await (const part of partsOf(request, limits)) {
      const { fieldname: name } = part;
      if (part.type === 'field') {
        addField(fields, part);
        fieldChars += fields.get(name)?.length ?? 0;
        if (fieldChars > maxFieldBytes * 2) throw fieldTooLong(name);
      } else {
        if (files.size === maxFiles || files.has(name) || !fileFields.includes(name)) {
          throw unexpectedFile(name, fileFields);
        }
        const id = files.size === 0 ? firstId : undefined;
        files.set(name, await assets.receive(actor, part.file, part.filename ?? null, id));
      }
    }
    return { files, fields };
  } catch (error) {
    // What is wrong with the form matters more than a row that could not be removed.
    for (const { id } of files.values()) await assets.remove(actor, id).catch(() => {});
    throw error;
  }
}

async function* partsOf(request: FastifyRequest, limits: FormLimits): AsyncGenerator<Multipart> {
  try {
    yield* request.parts({ limits });
  } catch (error) {
    throw isFastifyError(error) ? error : malformedForm(error);
  }
}

/** The plugin's own errors have codes; those of the parser below it do not. */
function malformedForm(cause: unknown): AppError {
  return new AppError('BAD_REQUEST', 'The body is not a well-formed multipart form.', { cause });
}

function addField(fields: Map<string, string>, part: MultipartValue): void {
  const { fieldname: name, value } = part;
  if (part.valueTruncated || part.fieldnameTruncated) throw fieldTooLong(name);
  if (fields.has(name)) {
    throw new AppError('INVALID_PARAMETERS', `The field ${shown(name)} was sent twice; send it once.`);
  }
  // A part marked as application/json arrives parsed.
  fields.set(name, typeof value === 'string' ? value : JSON.stringify(value));
}

function fieldTooLong(name: string): AppError {
  return new AppError('BODY_TOO_LARGE', `The field ${shown(name)} of the form is too long.`);
}

function unexpectedFile(field: string, fileFields: readonly string[]): AppError {
  const expected = fileFields.map(shown).join(' or ');
  return new AppError('INVALID_PARAMETERS', `A file came in the field ${shown(field)}; send one file, in ${expected}.`);
}

function missingFile(fileFields: readonly string[]): AppError {
  return new AppError(
    'INVALID_PARAMETERS',
    `The form has no file; send one in the field ${fileFields.map(shown).join(' or ')}.`,
  );
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

/** Refuses by Content-Length alone, before a byte of the body is read. */
function refuseTooLarge(request: FastifyRequest, maxUploadBytes: number): void {
  const maxBodyBytes = maxUploadBytes + (request.isMultipart() ? formOverheadBytes : 0);
  if (Number(request.headers['content-length'] ?? 0) <= maxBodyBytes) return;
  const detail = `The upload is larger than ${formatBytes(maxUploadBytes)}, the limit here.`;
  throw new AppError('UPLOAD_TOO_LARGE', detail, { extensions: { limitBytes: maxUploadBytes } });
}

/** The body as a stream of its own: whoever destroys it must not take the connection along, which carries the answer. */
function rawBody({ raw }: FastifyRequest): Readable {
  const body = new PassThrough();
  raw.once('close', () => {
    if (!raw.complete) body.destroy(interrupted());
  });
  return raw.pipe(body);
}

function isCutOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function interrupted(cause?: unknown): AppError {
  const detail = 'The connection closed before the upload was complete. Send it again.';
  return new AppError('UPLOAD_INTERRUPTED', detail, { cause });
}

/** A sender that says nothing for a minute gives its connection back. */
function destroyWhenStalled({ raw }: FastifyRequest): () => void {
  let seen = raw.socket.bytesRead;
  const timer = setInterval(() => {
    if (!raw.complete && raw.socket.bytesRead === seen) raw.destroy();
    seen = raw.socket.bytesRead;
  }, stallMs);
  return () => clearInterval(timer);
}
