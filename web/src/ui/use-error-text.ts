import { useLingui } from '@lingui/react/macro';
import { errorTexts } from '../api/error-texts.ts';
import type { ShownError } from '../api/problem.ts';
import { shownError } from '../api/problem.ts';
import { sizeText, timeUntil } from './times.ts';

/** What went wrong and what to do, in the reader's language. */
export function useErrorText(): (error: ShownError | Error) => string {
  const { i18n } = useLingui();
  return (error) => {
    const { code, detail, extensions = {} } = error instanceof Error ? shownError(error) : error;
    // What a plan counts in a month has words of its own.
    const known = [`${code} ${extensions['limit']}`, code].find((name) => Object.hasOwn(errorTexts, name));
    const text = known === undefined ? undefined : errorTexts[known];
    if (text === undefined) return detail;
    const filled = { ...text, values: valuesOf(code, extensions, i18n.locale) };
    return i18n._(filled);
  };
}

/** Which limit, how much, when it counts anew: as the reader writes it. */
function valuesOf(code: string, extensions: Readonly<Record<string, unknown>>, locale: string) {
  const { allowed, used, resetsAt } = extensions;
  const amount = (value: unknown): string => {
    if (typeof value !== 'number') return '?';
    return code === 'QUOTA_EXCEEDED' ? sizeText(value, locale) : new Intl.NumberFormat(locale).format(value);
  };
  const when = typeof resetsAt === 'string' ? timeUntil(resetsAt, locale) : '?';
  return { allowed: amount(allowed), used: amount(used), when };
}
