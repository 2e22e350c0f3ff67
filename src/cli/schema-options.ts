import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Processor } from '#processors/contract.ts';
import { type Arguments, type Option, textOf, UsageError } from './command.ts';

/** The parts of a parameter's JSON Schema that make an option of it. */
interface PropertySchema extends TSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly { readonly const?: unknown }[];
}

/** One option for each parameter of a processor: `maskOnly` is `--mask-only`. */
export function optionsOf(processor: Processor): Option[] {
  return properties(processor).map(([name, schema]) => {
    const fallback = schema.default === undefined || schema.default === false ? '' : ` (default ${schema.default})`;
    const help = `${schema.description ?? name}${fallback}`;
    const option = { name: dashed(name), help };
    return schema.type === 'boolean' ? option : { ...option, value: placeholder(schema) };
  });
}

/**
 * The parameters that the options say, completed with defaults.
 *
 * @throws UsageError naming the option that is wrong
 */
export function paramsFrom(args: Arguments, processor: Processor): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [name, schema] of properties(processor)) {
    const given = args.values[dashed(name)];
    if (given !== undefined) params[name] = fromText(given, schema);
  }
  const complete = Value.Default(processor.params, params);
  const [problem] = Value.Errors(processor.params, complete);
  if (problem === undefined) return complete as Record<string, unknown>;
  const name = problem.instancePath.split('/')[1] ?? '';
  const schema = properties(processor).find(([property]) => property === name)?.[1];
  const said = textOf(args, dashed(name));
  throw new UsageError(
    `--${dashed(name)}${said === undefined ? '' : ` ${said}`} will not do: ` +
      `${schema === undefined ? problem.message : choices(schema) ? `it is one of ${choices(schema)}` : `it ${problem.message}`}.`,
  );
}

function properties(processor: Processor): [string, PropertySchema][] {
  return Type.IsObject(processor.params) ? Object.entries(processor.params.properties) : [];
}

function fromText(given: string | true, schema: PropertySchema): unknown {
  if (given === true) return true;
  if (schema.type !== 'number' && schema.type !== 'integer') return given;
  const number = Number(given);
  return given.trim() === '' || Number.isNaN(number) ? given : number;
}

function placeholder(schema: PropertySchema): string {
  return choices(schema)?.replaceAll(', ', '|') ?? (schema.type === 'string' ? 'TEXT' : 'N');
}

function choices(schema: PropertySchema): string | undefined {
  const values = schema.enum ?? schema.anyOf?.map((option) => option.const);
  return values?.every((value) => value !== undefined) ? values.join(', ') : undefined;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
