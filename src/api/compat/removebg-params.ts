import { colourNames } from '#processors/shared/image/colour.ts';
import { ForeignError } from './foreign-errors.ts';

/** What a request asks for, besides its pictures. */
export interface RemovebgRequest {
  /** Of `image.removebg`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** For the header `X-Type`; undefined when the client wants none. */
  readonly type: string | undefined;
}

type Values = ReadonlyMap<string, string>;

/** Megapixels; 0 is as large as the picture. */
const sizes: Readonly<Record<string, number>> = {
  preview: 0.25,
  small: 0.25,
  regular: 0.25,
  medium: 1.5,
  hd: 4,
  '4k': 10,
  full: 25,
  '50MP': 50,
  auto: 0,
};
const types = ['auto', 'person', 'product', 'car', 'animal', 'graphic', 'graphics', 'transportation', 'other'];
const formats: Readonly<Record<string, string>> = {
  auto: 'auto',
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  webp: 'webp',
  zip: 'zip',
};
const known = new Set([
  ...['image_file', 'image_file_b64', 'image_url', 'bg_image_file', 'bg_image_url', 'bg_color', 'size', 'type'],
  ...['type_level', 'format', 'roi', 'crop', 'crop_margin', 'scale', 'position', 'channels', 'semitransparency'],
  ...['add_shadow', 'shadow_type', 'shadow_opacity', 'shadow_method'],
]);

/**
 * @throws ForeignError naming the field, as remove.bg does; our processor's schema refuses what is not looked at here
 * @see https://www.remove.bg/api, as of its OpenAPI document
 */
export function readRemovebg(values: Values): RemovebgRequest {
  for (const name of values.keys()) {
    if (!known.has(name)) throw invalid(name.slice(0, 40), 'There is no such parameter.');
  }
  flag(values, 'semitransparency', true);
  choice(values, 'shadow_method', ['latest'], 'latest');
  const level = choice(values, 'type_level', ['none', '1', '2', 'latest'], '1');
  const type = choice(values, 'type', types, 'auto');
  const params = {
    maxMegapixels: sizes[choice(values, 'size', Object.keys(sizes), 'preview')],
    format: formats[choice(values, 'format', Object.keys(formats), 'auto')],
    channels: choice(values, 'channels', ['rgba', 'alpha'], 'rgba'),
    crop: flag(values, 'crop', false),
    ...scaleOf(values),
    ...shadowOf(values),
    ...textParam(values, 'roi', 'roi', lengths),
    ...textParam(values, 'crop_margin', 'cropMargin', lengths),
    ...textParam(values, 'position', 'position', (text) => text.replace(/\s+/g, ' ')),
    ...textParam(values, 'bg_color', 'background', colour),
  };
  return { params, type: level === 'none' ? undefined : type === 'auto' ? 'other' : type };
}

function scaleOf(values: Values): object {
  const text = values.get('scale') ?? 'original';
  if (text === 'original') return {};
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) < 10 || Number(percent) > 100) {
    throw invalid('scale', 'It may be "original", or from "10%" to "100%".');
  }
  return { scalePercent: Number(percent) };
}

/** Cars get no shadow of their own here: one that lies under any subject is all there is. */
function shadowOf(values: Values): object {
  const type = values.get('shadow_type') ?? (flag(values, 'add_shadow', false) ? 'auto' : 'none');
  if (!['none', 'auto', 'drop'].includes(type)) {
    throw invalid('shadow_type', 'Here it may be none, auto or drop; there are no shadows for cars and no 3D shadows.');
  }
  if (type === 'none') return {};
  const opacity = Number(values.get('shadow_opacity') ?? 70);
  if (!(opacity >= 0 && opacity <= 100)) throw invalid('shadow_opacity', 'It may be from 0 to 100.');
  return { shadow: 'drop', shadowOpacity: opacity };
}

function textParam(values: Values, field: string, name: string, write: (text: string) => string): object {
  const text = values.get(field);
  return text === undefined ? {} : { [name]: write(text) };
}

/** `0` and `30` are pixels, as remove.bg has them. */
function lengths(text: string): string {
  return text
    .split(/[\s,]+/)
    .map((part) => (/^\d+(\.\d+)?$/.test(part) ? `${part}px` : part))
    .join(' ');
}

function colour(text: string): string {
  const hex = /^#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/.exec(text)?.[1];
  if (hex !== undefined) return `#${hex}`;
  if (colourNames.includes(text.toLowerCase())) return text.toLowerCase();
  throw invalid('bg_color', `It may be a hex code (fff, 81d4fa, 81d4fa77) or ${colourNames.join(', ')}.`);
}

function choice(values: Values, field: string, allowed: readonly string[], usual: string): string {
  const value = values.get(field) ?? usual;
  const found = allowed.find((each) => each.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw invalid(field, `It may be ${allowed.join(', ')}.`);
  return found;
}

function flag(values: Values, field: string, usual: boolean): boolean {
  const value = values.get(field)?.toLowerCase();
  if (value === undefined) return usual;
  if (['true', '1', 'yes', 'on'].includes(value)) return true;
  if (['false', '0', 'no', 'off'].includes(value)) return false;
  throw invalid(field, 'It may be true or false.');
}

function invalid(field: string, detail: string): ForeignError {
  return new ForeignError(400, `invalid_${field}`, `Invalid ${field} parameter given`, detail);
}
