import { useLingui } from '@lingui/react/macro';
import type { Target } from '../../api/audio.ts';
import { targetNames } from './names.ts';

/** What a target is called. */
export function useTargetName(): (target: Target) => string {
  const { i18n } = useLingui();
  return (target) => {
    const name = targetNames[target];
    return typeof name === 'string' ? name : i18n._(name);
  };
}
