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
  if (unknown !== undefined) throw unknownParameter(processor, schema, unknown);
  if (!Check(processor.params, params)) throw wrongParameter(processor, schema, params);
  return params;
}

/** The slice of JSON Schema that is put into words here. */
interface JsonSchema extends TSchema {
  readonly type?: string;
  readonly const?: unknown;
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

function unknownParameter(processor: Processor, schema: JsonSchema, path: Path): AppError {
  const known = Object.keys(schemaAt(schema, path.slice(0, -1)).properties ?? {});
  const has = known.length === 0 ? 'it has none there' : `it has: ${known.join(', ')}`;
  return invalid(processor, path, `${processor.name} has no parameter "${nameOf(path)}"; ${has}.`);
}

function wrongParameter(processor: Processor, schema: JsonSchema, params: unknown): AppError {
  const [error] = Errors(schema, params);
  if (error === undefined) throw new Error('a value that does not check has an error');
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  if (error.keyword === 'required') path.push(error.params.requiredProperties[0] ?? '');
  const value = valueAt(params, path);
  const problem = value === undefined ? 'is missing' : `is ${shorten(JSON.stringify(value))}`;
  const allowed = allowedBy(schemaAt(schema, path));
  return invalid(processor, path, `${processor.name}: parameter "${nameOf(path)}" ${problem}; allowed: ${allowed}.`);
}

function invalid(processor: Processor, path: Path, detail: string): AppError {
  return new AppError('INVALID_PARAMETERS', detail, {
    extensions: { processor: processor.name, parameter: nameOf(path) },
  });
}

/** As deep as names alone lead; a choice between schemas is described as a whole. */
function schemaAt(schema: JsonSchema, path: Path): JsonSchema {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const next = schema.properties?.[name] ?? schema.items;
  return next === undefined ? schema : schemaAt(next, rest);
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

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
