const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long ago something was, in words: “2 minutes ago”. */
export function timeAgo(iso: string, locale: string, nowMs = Date.now()): string {
  const seconds = Math.max(0, (nowMs - Date.parse(iso)) / 1_000);
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / size), unit);
}

/** A span in seconds, short: “0.8 s”, “12 s”. */
export function spanSeconds(fromIso: string, toIso: string, locale: string): string {
  const seconds = Math.max(0, (Date.parse(toIso) - Date.parse(fromIso)) / 1_000);
  const maximumFractionDigits = seconds < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits }).format(seconds)}\u00a0s`;
}

/** When something will be: “in 40 seconds” while that is soon, else the day. */
export function timeUntil(iso: string, locale: string, nowMs = Date.now()): string {
  const seconds = Math.max(1, Math.ceil((Date.parse(iso) - nowMs) / 1_000));
  if (seconds > 86_400) return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(iso));
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale).format(Math.ceil(seconds / size), unit);
}

/** A moment with its date, as people agree on it. */
export function dayAndTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** A moment with its date, for a machine's log: seconds included. */
export function exactTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

export function sizeText(bytes: number, locale: string): string {
  const [divisor, unit] =
    bytes < 1_000_000 ? [1_000, 'kB'] : bytes < 1_000_000_000 ? [1_000_000, 'MB'] : [1_000_000_000, 'GB'];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / divisor)}\u00a0${unit}`;
}
