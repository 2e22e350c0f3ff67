import { useLingui } from '@lingui/react/macro';
import { errorTexts } from '../api/error-texts.ts';
import type { ShownError } from '../api/problem.ts';
import { shownError } from '../api/problem.ts';

/** What went wrong and what to do, in the reader's language. */
export function useErrorText(): (error: ShownError | Error) => string {
  const { i18n } = useLingui();
  return (error) => {
    const { code, detail } = error instanceof Error ? shownError(error) : error;
    const known = Object.hasOwn(errorTexts, code) ? errorTexts[code] : undefined;
    return known === undefined ? detail : i18n._(known);
  };
}
