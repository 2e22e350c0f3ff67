import { absurdTexts } from './absurd.ts';
import type { Dice } from './dice.ts';

/** As much of JSON Schema as the API's document has. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly $ref?: string;
}

export interface World {
  /** Ids of what there is, by the part of the address that leads to it: `jobs`, `assets`. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  readonly processors: readonly string[];
  resolve(reference: string): Schema;
}

const plainTexts = [
  'a',
  'image.resize',
  'photo.png',
  '#ff8800',
  'transparent',
  'https://93.184.215.14/a.png',
  'http://127.0.0.1:9/',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01',
  '*/5 * * * *',
  'America/Sao_Paulo',
  'somebody@example.com',
  'w:64,h:64',
  '1',
  'job.succeeded',
  'a'.repeat(64),
  'A'.repeat(43),
  'one-key',
];

/** A value that fits the schema, as far as the schema says what fits. */
export function fitting(schema: Schema, dice: Dice, world: World, name = '', depth = 0): unknown {
  if (schema.$ref !== undefined) return fitting(world.resolve(schema.$ref), dice, world, name, depth);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return dice.pick(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fitting(dice.pick(choices), dice, world, name, depth);
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => fitting(part, dice, world, name, depth)));
  }
  const type = typeof schema.type === 'string' ? schema.type : dice.pick(schema.type ?? ['object']);
  switch (type) {
    case 'string':
      return fittingText(schema, dice, world, name);
    case 'integer':
    case 'number':
      return fittingNumber(schema, dice, type === 'integer');
    case 'boolean':
      return dice.chance(0.5);
    case 'null':
      return null;
    case 'array': {
      const { minItems = 0, maxItems = minItems + 3, items = {} } = schema;
      const length = Math.min(maxItems, minItems + dice.below(3));
      return Array.from({ length }, () => fitting(items, dice, world, name, depth + 1));
    }
    default:
      return fittingObject(schema, dice, world, depth);
  }
}

function fittingObject(schema: Schema, dice: Dice, world: World, depth: number): object {
  const { properties = {}, required = [] } = schema;
  const wanted = Object.entries(properties).filter(
    ([name]) => required.includes(name) || (depth < 6 && dice.chance(0.3)),
  );
  const entries: [string, unknown][] = wanted.map(([name, member]) => [
    name,
    fitting(member, dice, world, name, depth + 1),
  ]);
  const free = schema.additionalProperties;
  if (typeof free === 'object' && dice.chance(0.4))
    entries.push(['anything', fitting(free, dice, world, '', depth + 1)]);
  return Object.fromEntries(entries);
}

function fittingText(schema: Schema, dice: Dice, world: World, name: string): string {
  const { minLength = 0, maxLength = 10_000, pattern } = schema;
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const ids = [...world.ids.values()].flat();
  const likely = likelyTexts(name, world, ids);
  const fits = (text: string) =>
    text.length >= minLength && text.length <= maxLength && (expression?.test(text) ?? true);
  for (let tries = 0; tries < 20; tries += 1) {
    const text = dice.pick(likely.length > 0 && dice.chance(0.8) ? likely : [...plainTexts, ...absurdTexts, ...ids]);
    if (fits(text)) return text;
  }
  return 'x'.repeat(Math.min(maxLength, Math.max(1, minLength)));
}

function fittingNumber({ minimum = -10, maximum = minimum + 1_000 }: Schema, dice: Dice, isWhole: boolean): number {
  if (dice.chance(0.3)) return dice.pick([minimum, maximum]);
  // Small ones do not keep the machine busy.
  const value = minimum + dice.next() * Math.min(maximum - minimum, 300);
  return isWhole ? Math.round(value) : value;
}

function likelyTexts(name: string, { ids, processors }: World, all: readonly string[]): readonly string[] {
  if (/processor$/.test(name)) return processors;
  if (/^(inputs?|assets?|assetId)$/i.test(name)) return ids.get('assets') ?? [];
  const kind = /^(\w+)Id$/.exec(name)?.[1];
  if (kind !== undefined) return ids.get(`${kind}s`) ?? all;
  return /^ids?$/i.test(name) ? all : plainTexts;
}
