import { ForeignError } from './foreign-errors.ts';

type Values = ReadonlyMap<string, string>;

/** Names that rembg has for the network that comes with Esteira. */
const ours = ['isnet-general-use', 'isnet'];
const known = new Set(['file', 'url', 'model', 'a', 'af', 'ab', 'ae', 'om', 'ppm', 'bgc', 'extras']);
const largestErosionPx = 255;

/**
 * Alpha matting (`a`, `af`, `ab`, `ae`) and `ppm` are checked and have no effect: edges are always worked out here.
 *
 * @returns parameters of `image.removebg`
 * @throws ForeignError 422 naming the field
 * @see github.com/danielgatis/rembg, rembg/commands/s_command.py
 */
export function readRembg(values: Values): Readonly<Record<string, unknown>> {
  for (const name of values.keys()) {
    if (!known.has(name)) throw invalid(name.slice(0, 40), 'there is no such parameter');
  }
  for (const name of ['a', 'ppm']) flag(values, name);
  wholeNumber(values, 'af', 255);
  wholeNumber(values, 'ab', 255);
  wholeNumber(values, 'ae', largestErosionPx);
  if (!/^(\{\s*\})?$/.test(values.get('extras') ?? '')) throw invalid('extras', 'extra parameters are not known here');
  const model = values.get('model');
  return {
    format: 'png',
    channels: flag(values, 'om') ? 'alpha' : 'rgba',
    ...(model !== undefined && !ours.includes(model) && { model }),
    ...colour(values.get('bgc')),
  };
}

function colour(text: string | undefined): object {
  if (text === undefined) return {};
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    throw invalid('bgc', 'it is four numbers from 0 to 255: red,green,blue,alpha');
  }
  return { background: `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}` };
}

function wholeNumber(values: Values, name: string, most: number): void {
  const text = values.get(name);
  if (text === undefined || (/^\d{1,6}$/.test(text) && Number(text) <= most)) return;
  throw invalid(name, `it is a whole number from 0 to ${most}`);
}

function flag(values: Values, name: string): boolean {
  const value = values.get(name)?.toLowerCase() ?? 'false';
  if (['true', '1', 'yes', 'on', 't', 'y'].includes(value)) return true;
  if (['false', '0', 'no', 'off', 'f', 'n'].includes(value)) return false;
  throw invalid(name, 'it is true or false');
}

function invalid(name: string, why: string): ForeignError {
  return new ForeignError(422, `invalid_${name}`, `Invalid ${name}`, `The parameter ${name} cannot be used: ${why}.`);
}
