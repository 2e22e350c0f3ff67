/** Decimals by what a name ends in: no instrument reads a hundredth of a Hertz here, and JSON is shorter for it. */
const decimals: readonly (readonly [ending: RegExp, digits: number])[] = [
  [/(Seconds|correlation|confidence|chroma|flatness|low|high)$/i, 4],
  [/dcOffset$/, 6],
  [/(Hz|hz|Percent)$/, 1],
  [/./, 2],
];

/**
 * The same value with every number rounded for reading, and `null` for those that JSON does not have: minus infinity and
 * "cannot be told".
 */
export function roundNumbers<T>(value: T): T {
  return rounded(value, '') as T;
}

function rounded(value: unknown, name: string): unknown {
  if (typeof value === 'number') return roundedNumber(value, name);
  if (Array.isArray(value)) return value.map((item) => rounded(item, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item, key)]));
}

function roundedNumber(value: number, name: string): number | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isInteger(value)) return value === 0 ? 0 : value;
  const scale = 10 ** (decimals.find(([ending]) => ending.test(name))?.[1] ?? 2);
  return Math.round(value * scale) / scale + 0;
}
