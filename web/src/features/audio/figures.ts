/**
 * Numbers as people read them: by language, with a unit, one decimal at most. A level of `null` is silence, −∞; any other
 * figure that is `null` could not be told.
 */

type Figure = number | null | undefined;

const space = '\u00a0';
const minus = '\u2212';
const unknown = '—';

/** A plain number; the browser's hyphen becomes a minus. */
export function numberText(value: number, locale: string, digits = 1): string {
  return formatted(value, locale, { maximumFractionDigits: digits, signDisplay: 'negative' });
}

/** A level against full scale, where nothing at all is −∞. */
export function levelText(value: Figure, unit: string, locale: string): string {
  if (value === undefined) return unknown;
  return withUnit(value === null ? `${minus}∞` : fixed(value, locale), unit);
}

export function figureText(value: Figure, unit: string, locale: string, digits = 1): string {
  if (value === null || value === undefined) return unknown;
  return withUnit(digits === 1 ? fixed(value, locale) : numberText(value, locale, digits), unit);
}

/** A difference: a plus says that it is one. */
export function differenceText(value: Figure, unit: string, locale: string): string {
  if (value === null || value === undefined) return unknown;
  const options = { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'exceptZero' } as const;
  return withUnit(formatted(value, locale, options), unit);
}

export function frequencyText(hz: Figure, locale: string): string {
  if (hz === null || hz === undefined) return unknown;
  return hz < 1_000 ? `${numberText(hz, locale, 0)}${space}Hz` : `${numberText(hz / 1_000, locale)}${space}kHz`;
}

/** A share of one as a percentage. */
export function shareText(share: number, locale: string): string {
  return `${numberText(share * 100, locale, 0)}${space}%`;
}

/** A place in a recording: 3:07, 1:02:45. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3_600);
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The same for those who hear it: “1 minute, 7 seconds”. */
export function spokenClock(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    ['hour', Math.floor(whole / 3_600)],
    ['minute', Math.floor(whole / 60) % 60],
    ['second', whole % 60],
  ] as const;
  const said = parts.filter(([unit, value]) => value > 0 || (unit === 'second' && whole === 0));
  const words = said.map(([unit, value]) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value),
  );
  return new Intl.ListFormat(locale, { type: 'unit' }).format(words);
}

const portugueseNotes: Readonly<Record<string, string>> = {
  C: 'Dó',
  D: 'Ré',
  E: 'Mi',
  F: 'Fá',
  G: 'Sol',
  A: 'Lá',
  B: 'Si',
};

export const noteNames = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

/** `F# minor` as F♯ minor, or Fá♯ menor. */
export function keyText(key: string | null, locale: string): string {
  if (key === null) return unknown;
  const [note = '', mode = ''] = key.split(' ');
  return `${noteText(note, locale)} ${locale === 'pt-BR' ? (mode === 'minor' ? 'menor' : 'maior') : mode}`;
}

export function noteText(note: string, locale: string): string {
  const [letter = '', ...signs] = note;
  const sign = signs.join('').replace('#', '♯').replace('b', '♭');
  return (locale === 'pt-BR' ? (portugueseNotes[letter] ?? letter) : letter) + sign;
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text}${space}${unit}`;
}

function fixed(value: number, locale: string): string {
  return formatted(value, locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'negative' });
}

function formatted(value: number, locale: string, options: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value).replace('-', minus);
}
