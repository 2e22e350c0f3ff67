import type { FastifyRequest } from 'fastify';
import type { Asset } from '#assets/asset.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes, mebibyte } from '#kernel/units.ts';
import type { AppDeps } from '../deps.ts';
import { parseStrictJson } from '../strict-json.ts';
import { receiveForm, receiving } from '../upload.ts';

/** What came, whatever it came as. Fields without a value are left out. */
export interface Fields {
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Asset>;
}

export type ReadFields = (
  request: FastifyRequest,
  deps: AppDeps,
  actor: Actor,
  fileFields: readonly string[],
) => Promise<Fields>;

/** Pictures in base64 are held in memory: so many bytes of text, in so many requests at once. */
const maxTextBytes = 24 * mebibyte;
const maxTextBodies = 4;

/**
 * Reads multipart forms, URL-encoded forms and JSON objects.
 *
 * The function that it gives
 * @throws AppError UNSUPPORTED_CONTENT_TYPE, INVALID_JSON, INVALID_PARAMETERS (nested values), BODY_TOO_LARGE,
 *   OVERLOADED (too many bodies of text at once), and what `receiveForm` throws
 */
export function createFieldReader(): ReadFields {
  let textBodies = 0;
  return async (request, deps, actor, fileFields) => {
    const [type = ''] = (request.headers['content-type'] ?? '').split(';');
    const free = textBodies < maxTextBodies;
    if (!free && !request.isMultipart()) throw tooManyTexts();
    if (free) textBodies += 1;
    try {
      if (!request.isMultipart()) {
        const text = await receiving(request, deps, () => readText(request));
        return { values: withoutEmpty(parsed(type.trim().toLowerCase(), text)), files: new Map() };
      }
      // Files are streamed and need no place; a picture among the fields does.
      const rules = { fileFields, maxFiles: fileFields.length, ...(free && { maxFieldBytes: maxTextBytes }) };
      const { fields, files } = await receiveForm(request, deps, actor, rules);
      return { values: withoutEmpty(fields), files };
    } catch (error) {
      throw !free && error instanceof AppError && error.code === 'BODY_TOO_LARGE' ? tooManyTexts() : error;
    } finally {
      if (free) textBodies -= 1;
    }
  };
}

function tooManyTexts(): AppError {
  return new AppError('OVERLOADED', 'Too many pictures are being received as text. Try again in a few seconds.');
}

async function readText({ raw }: FastifyRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Left standing when it is too long: the connection still has an answer to carry.
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxTextBytes) {
      const detail = `The body is larger than ${formatBytes(maxTextBytes)}. Send the picture as a file in a multipart form.`;
      throw new AppError('BODY_TOO_LARGE', detail);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(type: string, text: string): Iterable<readonly [string, string]> {
  if (text === '') return [];
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(text);
  if (type !== 'application/json') {
    const detail = 'Send multipart/form-data, application/x-www-form-urlencoded or application/json.';
    throw new AppError('UNSUPPORTED_CONTENT_TYPE', detail);
  }
  const value = parseStrictJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('INVALID_PARAMETERS', 'The body must be one JSON object.');
  }
  return Object.entries(value).map(([name, member]) => [name, textOf(name, member)] as const);
}

function textOf(name: string, value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'object') {
    throw new AppError('INVALID_PARAMETERS', `The field ${JSON.stringify(name.slice(0, 40))} must be a plain value.`);
  }
  return String(value);
}

function withoutEmpty(fields: Iterable<readonly [string, string]>): Map<string, string> {
  return new Map([...fields].map(([name, value]) => [name, value.trim()] as const).filter(([, value]) => value !== ''));
}
