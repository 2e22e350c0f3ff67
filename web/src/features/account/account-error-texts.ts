import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** What goes wrong with accounts alone, as in api/error-texts.ts. */
export const accountErrorTexts: Readonly<Record<string, MessageDescriptor>> = {
  INVALID_CREDENTIALS: msg`The address or the password is not right.`,
  INVALID_EMAIL_OR_PASSWORD: msg`The address or the password is not right.`,
  INVALID_PASSWORD: msg`The password is not right.`,
  INVALID_CODE: msg`The code is not right. Codes change every 30 seconds: type the one that is shown now.`,
  INVALID_BACKUP_CODE: msg`This is none of your backup codes, or it was used already.`,
};
