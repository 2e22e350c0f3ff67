import type { Dice } from './dice.ts';

/** Text that has broken programs elsewhere. */
export const absurdTexts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'true',
  'undefined',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  '../../../../etc/passwd',
  '..\\..\\x',
  '/dev/zero',
  "' or 1=1 --",
  '"; drop table jobs; --',
  '%',
  '%_%',
  '%00',
  '%s%n%x',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfff',
  '\u202egnp.exe',
  '\ufeff',
  '💣'.repeat(20),
  'e\u0301'.repeat(50),
  'ﷺ'.repeat(30),
  '\r\nSet-Cookie: a=b',
  '\x1b[2J',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the point of it
  '{{7*7}}${7*7}',
  '<script>alert(1)</script>',
  '9'.repeat(400),
  '1e309',
  '0x10',
  '٣',
  'NaN',
  '2026-02-30T25:61:61Z',
  '9999999999999-12-31',
  'x'.repeat(256),
  'x'.repeat(2_001),
  'x'.repeat(20_000),
  '(a+)+$',
  '* * * * *',
  '61 25 32 13 8',
  'America/Nowhere',
  'http://[::1',
  'https://user:pass@example.com/',
  'http://169.254.169.254/',
];

const absurdNumbers: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.1,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e21,
  1e308,
  65_536,
];

/** Anything that JSON can say. */
export function absurdValue(dice: Dice, depth = 0): unknown {
  const kind = dice.below(depth > 3 ? 4 : 7);
  if (kind === 0) return dice.pick([null, true, false]);
  if (kind === 1) return dice.pick(absurdNumbers);
  if (kind <= 3) return dice.pick(absurdTexts);
  if (kind === 4) return Array.from({ length: dice.below(5) }, () => absurdValue(dice, depth + 1));
  if (kind === 5) return nested(dice.pick([1, 10, 20, 70, 500]));
  return Object.fromEntries(
    Array.from({ length: dice.below(4) }, () => [dice.pick(absurdTexts).slice(0, 300), absurdValue(dice, depth + 1)]),
  );
}

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Something of the value is another thing, is gone, or is there besides. */
export function mutated(value: unknown, dice: Dice): unknown {
  if (dice.chance(0.2)) return absurdValue(dice);
  if (Array.isArray(value)) {
    if (value.length === 0 || dice.chance(0.2)) return [...value, absurdValue(dice)];
    const at = dice.below(value.length);
    return dice.chance(0.3) ? value.toSpliced(at, 1) : value.with(at, mutated(value[at], dice));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0 || dice.chance(0.2)) return { ...value, [dice.pick(absurdTexts)]: absurdValue(dice) };
    const at = dice.below(entries.length);
    const [name, member] = entries[at] ?? ['', undefined];
    const others = entries.toSpliced(at, 1);
    return Object.fromEntries(dice.chance(0.2) ? others : [...others, [name, mutated(member, dice)]]);
  }
  return absurdValue(dice);
}
