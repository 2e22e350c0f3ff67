import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

const names: Readonly<Record<string, MessageDescriptor>> = {
  vocals: msg`Vocals`,
  accompaniment: msg`Accompaniment`,
  drums: msg`Drums`,
  bass: msg`Bass line`,
  other: msg`The rest`,
  guitar: msg`Guitar`,
  piano: msg`Piano`,
};

/** What a stem is called; one that a model of somebody's brings is shown as it is. */
export function stemName(stem: string): MessageDescriptor | string {
  return names[stem] ?? stem;
}
