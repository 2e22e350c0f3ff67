import { useLingui } from '@lingui/react/macro';
import { shownError } from '../../api/problem.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { accountErrorTexts } from './account-error-texts.ts';

/** What went wrong and what to do, on the pages of accounts. */
export function useAccountErrorText(): (error: Error) => string {
  const { t, i18n } = useLingui();
  const usual = useErrorText();
  return (error) => {
    // What the browser says when somebody closes its question, or has no such key.
    if (error.name === 'NotAllowedError') return t`No passkey was used. Try again, or go another way.`;
    if (error.name === 'InvalidStateError') return t`This device has a passkey for your account already.`;
    const { code } = shownError(error);
    const known = Object.hasOwn(accountErrorTexts, code) ? accountErrorTexts[code] : undefined;
    return known === undefined ? usual(error) : i18n._(known);
  };
}
