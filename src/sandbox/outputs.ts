import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorOutput } from '#processors/contract.ts';
import { maxDataChars, maxOutputs } from './messages.ts';

const mediaTypePattern = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/;

/**
 * What a processor returned, in the shape that may cross the pipe.
 *
 * Runs in the child, before JSON can turn a wrong value (NaN, a Map, a function) into a silent one.
 *
 * @throws AppError WORKER_BAD_OUTPUT
 */
export function describeOutputs(outputs: unknown): readonly ProcessorOutput[] {
  if (!Array.isArray(outputs)) throw badOutput('no list of outputs');
  if (outputs.length > maxOutputs) throw badOutput(`${outputs.length} outputs, more than ${maxOutputs}`);
  return outputs.map((output: unknown, index) => {
    if (!isPlainObject(output)) throw badOutput(`output ${index} is not an object`);
    const { file, mediaType, data } = output;
    if (typeof file !== 'string' || file === '') throw badOutput(`output ${index} names no file`);
    if (typeof mediaType !== 'string' || !mediaTypePattern.test(mediaType)) {
      throw badOutput(`output ${index} has no valid media type`);
    }
    if (data === undefined) return { file, mediaType };
    if (!isPlainObject(data) || !isJson(data, 0)) throw badOutput(`the data of output ${index} is not JSON`);
    if (JSON.stringify(data).length > maxDataChars) throw badOutput(`the data of output ${index} is too large`);
    return { file, mediaType, data };
  });
}

/**
 * Checks that every output is a regular, non-empty file inside the scratch folder, reached through no link.
 *
 * @throws AppError WORKER_BAD_OUTPUT
 */
export async function verifyOutputs(outputs: unknown, scratchDir: string): Promise<readonly ProcessorOutput[]> {
  const described = describeOutputs(outputs);
  const root = await realpath(scratchDir);
  for (const [index, { file }] of described.entries()) {
    const path = join(root, file);
    const inside = relative(root, path);
    if (isAbsolute(file) || inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) {
      throw badOutput(`output ${index} is outside its folder`);
    }
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) throw badOutput(`the file of output ${index} is missing`);
    const stats = await lstat(path);
    if (real !== path || !stats.isFile()) throw badOutput(`output ${index} is not a regular file in its folder`);
    if (stats.size === 0) throw badOutput(`the file of output ${index} is empty`);
  }
  return described;
}

function badOutput(what: string): AppError {
  return new AppError(
    'WORKER_BAD_OUTPUT',
    `The processor returned something unusable: ${what}. Please report this; trying again will not help.`,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (depth > 20) return false; // also ends a circular value
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return isPlainObject(value) && Object.values(value).every((item) => item === undefined || isJson(item, depth + 1));
}
