import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** What people are asked for; whatever else they have agreed to is shown by its name. */
export const purposeNames: Readonly<Record<string, MessageDescriptor>> = {
  'product-news': msg`Whoever runs this server may write to me about what is new`,
};
