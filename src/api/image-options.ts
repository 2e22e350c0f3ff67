import { type Static, Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';

const formats = ['keep', 'jpeg', 'png', 'webp', 'avif', 'auto'] as const;
const fits = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;

const sidePx = Type.Integer({ minimum: 1, maximum: 10_000 });
const percent = Type.Number({ minimum: 0, maximum: 100, description: 'Two decimals count.' });

/** What may be asked for in the address of a picture: parameters of image.resize, and the format `auto`. */
export const imageOptions = {
  widthPx: Type.Optional(sidePx),
  heightPx: Type.Optional(sidePx),
  fit: Type.Optional(Type.Enum([...fits])),
  format: Type.Optional(Type.Enum([...formats], { description: 'auto: the best that the browser says it shows.' })),
  compression: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  focalXPercent: Type.Optional(percent),
  focalYPercent: Type.Optional(percent),
  background: Type.Optional(Type.String({ pattern: '^(transparent|#[0-9a-fA-F]{6})$' })),
  enlarge: Type.Optional(Type.Boolean()),
};

const optionsSchema = Type.Object(imageOptions);
export type ImageOptions = Static<typeof optionsSchema>;

type Value = string | number | boolean;

/** One option: its short name in an address, the way there and the way back. */
interface Field {
  readonly short: string;
  readonly name: keyof ImageOptions;
  /** Undefined for text that is not a value. */
  parse(text: string): Value | undefined;
  /** Undefined for a value that need not be said. */
  format(value: Value): string | undefined;
  /** Completes "w must be …". */
  readonly expected: string;
}

const fields: readonly Field[] = [
  whole('w', 'widthPx', 10_000),
  whole('h', 'heightPx', 10_000),
  oneOf('fit', 'fit', fits),
  oneOf('f', 'format', formats),
  whole('q', 'compression', 100),
  percentage('fx', 'focalXPercent'),
  percentage('fy', 'focalYPercent'),
  {
    short: 'bg',
    name: 'background',
    parse: (text) => (text === 'transparent' ? text : /^[0-9a-f]{6}$/.test(text) ? `#${text}` : undefined),
    format: (value) => String(value).replace('#', '').toLowerCase(),
    expected: 'transparent or six digits like ff8800',
  },
  {
    short: 'e',
    name: 'enlarge',
    parse: (text) => (text === '1' ? true : undefined),
    format: (value) => (value === true ? '1' : undefined),
    expected: '1, or left out',
  },
];

/**
 * Options as they stand in an address: `w:512,h:512,fit:cover,f:webp`. Always in the same order, so that the same
 * wish gives the same address.
 */
export function formatImageOptions(options: ImageOptions): string {
  const parts = fields.flatMap(({ short, name, format }) => {
    const value = options[name];
    const text = value === undefined ? undefined : format(value);
    return text === undefined ? [] : [`${short}:${text}`];
  });
  // An address has no empty parts.
  return parts.join(',') || 'f:keep';
}

/**
 * The same back, in any order, each option once.
 *
 * @throws AppError INVALID_PARAMETERS naming the option and what it may be
 */
export function parseImageOptions(text: string): ImageOptions {
  const options: Partial<Record<keyof ImageOptions, Value>> = {};
  for (const part of text.split(',')) {
    const [short = '', value = ''] = part.split(/:(.*)/s);
    const field = fields.find((candidate) => candidate.short === short);
    if (field === undefined) {
      const known = fields.map((candidate) => candidate.short).join(', ');
      throw invalid(`There is no option ${shown(short)} for a picture; there are ${known}.`);
    }
    if (options[field.name] !== undefined) throw invalid(`The option ${short} is given twice; give it once.`);
    const parsed = field.parse(value);
    if (parsed === undefined) throw invalid(`The option ${short} must be ${field.expected}, not ${shown(value)}.`);
    options[field.name] = parsed;
  }
  return options as ImageOptions;
}

function whole(short: string, name: keyof ImageOptions, most: number): Field {
  const parse = (text: string) => (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= most ? Number(text) : undefined);
  return { short, name, parse, format: String, expected: `a whole number from 1 to ${most}` };
}

function percentage(short: string, name: keyof ImageOptions): Field {
  return {
    short,
    name,
    parse: (text) => (/^(0|[1-9]\d?|100)(\.\d{1,2})?$/.test(text) && Number(text) <= 100 ? Number(text) : undefined),
    format: (value) => String(Math.round(Number(value) * 100) / 100),
    expected: 'a number from 0 to 100 with at most two decimals',
  };
}

function oneOf(short: string, name: keyof ImageOptions, values: readonly string[]): Field {
  const parse = (text: string) => (values.includes(text) ? text : undefined);
  return { short, name, parse, format: String, expected: `one of ${values.join(', ')}` };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function invalid(detail: string): AppError {
  return new AppError('INVALID_PARAMETERS', detail);
}
