import type { TProperties, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import { parseStrictJson } from './strict-json.ts';

/**
 * Parameters from text fields: each is converted to the type that the schema gives it (`"1"` to 1 or true; lists and
 * objects are JSON); `params` may hold them all as JSON, which is taken as it is. What does not fit is left for the validation that follows.
 *
 * @throws AppError INVALID_PARAMETERS for a name given twice, INVALID_JSON
 */
export function formParams(
  schema: TSchema,
  fields: Iterable<readonly [string, string | readonly string[]]>,
): Record<string, unknown> {
  const params = new Map<string, unknown>();
  for (const [name, value] of fields) {
    const found =
      name === 'params' ? Object.entries(jsonObject(value)) : [[name, convert(schema, name, value)] as const];
    for (const [key, given] of found) {
      if (params.has(key) || Array.isArray(value)) throw givenTwice(key);
      params.set(key, given);
    }
  }
  return Object.fromEntries(params);
}

/** Parameters are objects, by the processors' contract. */
export function propertiesOf(schema: TSchema): TProperties {
  return (schema as { properties?: TProperties }).properties ?? {};
}

function jsonObject(text: unknown): object {
  const value = typeof text === 'string' ? parseStrictJson(text, 'The field "params"') : undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AppError('INVALID_PARAMETERS', 'The field "params" must hold one JSON object.');
}

function convert(schema: TSchema, name: string, value: unknown): unknown {
  const property = propertiesOf(schema)[name];
  if (!property) return value;
  if (typeof value === 'string' && /^\s*[[{]/.test(value) && !Value.Check(property, value)) {
    return parseStrictJson(value, `The field ${JSON.stringify(name)}`);
  }
  return Value.Convert(property, value);
}

function givenTwice(name: string): AppError {
  return new AppError(
    'INVALID_PARAMETERS',
    `The parameter ${JSON.stringify(name.slice(0, 40))} was given twice; give it once.`,
  );
}
