import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** What people can agree to; a purpose that is missing here is shown by its name. */
export const purposeNames: Readonly<Record<string, MessageDescriptor>> = {
  news: msg`Mails about what is new`,
  'product-updates': msg`Mails about what is new`,
  improvement: msg`My work may be used to make results better`,
  training: msg`My work may be used to make results better`,
};
