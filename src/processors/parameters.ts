import type { TSchema } from 'typebox';
import { Check, Clean, Default, Errors } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import type { Processor } from './contract.ts';

/**
 * What the client sent, completed with the schema's defaults. Nothing is converted: `"3"` is not 3.
 *
 * @throws AppError INVALID_PARAMETERS naming the parameter, its value and what is allowed
 */
export function completeParameters(processor: Processor, sent: Readonly<Record<string, unknown>>) {
  const schema: JsonSchema = processor.params;
  const params = Default(processor.params, structuredClone(sent)) as Record<string, unknown>;
  const unknown = firstExtra(params, Clean(processor.params, structuredClone(params)), []);
  if (unknown !== undefined) throw unknownParameter(processor, schema, unknown, params);
  if (!Check(processor.params, params)) throw wrongParameter(processor, schema, params);
  return params;
}

/** The slice of JSON Schema that is put into words here. */
interface JsonSchema extends TSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

type Path = readonly string[];

/** The first member that cleaning took away: one that the schema does not know. */
function firstExtra(value: unknown, cleaned: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null || typeof cleaned !== 'object' || cleaned === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(cleaned, name)) return [...path, name];
    const extra = firstExtra(member, (cleaned as Record<string, unknown>)[name], [...path, name]);
    if (extra !== undefined) return extra;
  }
  return undefined;
}

function unknownParameter(processor: Processor, schema: JsonSchema, path: Path, params: unknown): AppError {
  const known = Object.keys(schemaAt(schema, path.slice(0, -1), params).properties ?? {});
  const has = known.length === 0 ? 'it has none there' : `it has: ${known.join(', ')}`;
  return invalid(processor, path, `${processor.name} has no parameter "${nameOf(path)}"; ${has}.`);
}

function wrongParameter(processor: Processor, schema: JsonSchema, params: unknown): AppError {
  const error = wrongPart(schema, params);
  const path = [...error.path];
  // Where a choice is open nothing has been cleaned: what is not known there shows only now.
  if (error.keyword === 'boolean') return unknownParameter(processor, schema, path, params);
  if (error.missing !== undefined) path.push(error.missing);
  const value = valueAt(params, path);
  const problem = value === undefined ? 'is missing' : `is ${shorten(JSON.stringify(value))}`;
  const allowed = allowedBy(schemaAt(schema, path, params));
  return invalid(processor, path, `${processor.name}: parameter "${nameOf(path)}" ${problem}; allowed: ${allowed}.`);
}

interface Wrong {
  readonly keyword: string;
  readonly path: Path;
  readonly missing?: string | undefined;
}

/**
 * The first thing that is wrong. Of a choice between objects only the one that the value's `kind` names is heard, so
 * that what is wrong with `{ kind: 'colour', … }` is said of colours.
 */
function wrongPart(schema: JsonSchema, params: unknown): Wrong {
  const found = Errors(schema, params).map((error) => ({
    keyword: error.keyword as string,
    schemaPath: pointerOf(error.schemaPath),
    path: pointerOf(error.instancePath),
    missing: error.keyword === 'required' ? (error.params.requiredProperties[0] ?? '') : undefined,
  }));
  for (const error of found) {
    const choice = otherChoice(schema, params, error.schemaPath, error.path);
    if (choice === true) continue;
    if (choice !== false) return { keyword: 'const', path: choice };
    const { missing, path } = error;
    // Inside a choice that fails, defaults are not filled in: what has one is not what is missing.
    if (missing !== undefined && schemaAt(schema, [...path, missing], params).default !== undefined) continue;
    return error;
  }
  const [first] = found;
  if (first === undefined) throw new Error('a value that does not check has an error');
  return first;
}

/** @returns whether an error is of a choice that was not made; the path of `kind` where that names none of them */
function otherChoice(schema: JsonSchema, params: unknown, schemaPath: Path, path: Path): boolean | Path {
  let at: JsonSchema | undefined = schema;
  let depth = 0;
  for (let step = 0; step < schemaPath.length && at !== undefined; step++) {
    const word = schemaPath[step];
    if (word === 'anyOf') {
      const here = path.slice(0, depth);
      const value = valueAt(params, here);
      const heard: JsonSchema | undefined = at.anyOf?.[Number(schemaPath[++step])];
      if (hasKinds(at) && isObject(value)) {
        const made = choiceOf(at, value);
        if (made === undefined) return [...here, 'kind'];
        if (made !== heard) return true;
      }
      at = heard;
    } else if (word === 'properties' || word === 'items') {
      at = word === 'items' ? at.items : at.properties?.[schemaPath[++step] ?? ''];
      depth++;
    } else return false;
  }
  return false;
}

function hasKinds({ anyOf }: JsonSchema): boolean {
  return anyOf?.every(({ properties }) => properties?.['kind']?.const !== undefined) ?? false;
}

function choiceOf({ anyOf }: JsonSchema, value: object): JsonSchema | undefined {
  const { kind } = value as { kind?: unknown };
  return anyOf?.find(({ properties }) => properties?.['kind']?.const === kind);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(processor: Processor, path: Path, detail: string): AppError {
  return new AppError('INVALID_PARAMETERS', detail, {
    extensions: { processor: processor.name, parameter: nameOf(path) },
  });
}

/** As deep as names lead; of a choice between objects the one that the value made, else what they may be called. */
function schemaAt(schema: JsonSchema, path: Path, value: unknown): JsonSchema {
  if (hasKinds(schema) && isObject(value)) {
    const made = choiceOf(schema, value);
    if (made !== undefined) return schemaAt(made, path, value);
    if (path[0] === 'kind') return { anyOf: (schema.anyOf ?? []).map(({ properties }) => properties?.['kind'] ?? {}) };
  }
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const next = schema.properties?.[name] ?? schema.items;
  return next === undefined ? schema : schemaAt(next, rest, valueAt(value, [name]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], value);
}

function allowedBy(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowedBy).join(', ');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'a whole number' : 'a number'}${range(schema.minimum, schema.maximum, '')}`;
    case 'string':
      return `text${range(schema.minLength, schema.maxLength, ' characters')}${schema.pattern === undefined ? '' : ` matching ${schema.pattern}`}`;
    case 'array':
      return `a list${range(schema.minItems, schema.maxItems, ' items')}`;
    case 'object':
      return `an object with ${Object.keys(schema.properties ?? {}).join(', ')}`;
    case 'boolean':
      return 'true, false';
    default:
      return schema.type ?? 'see the schema at /v1/processors';
  }
}

function range(from: number | undefined, to: number | undefined, unit: string): string {
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}${unit}`;
  if (from !== undefined) return ` of at least ${from}${unit}`;
  return to === undefined ? '' : ` of at most ${to}${unit}`;
}

function nameOf(path: Path): string {
  return shorten(path.join('.'));
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function pointerOf(pointer: string): Path {
  return pointer.split('/').slice(1).map(unescapePointer);
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
