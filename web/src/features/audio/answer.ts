import { msg } from '@lingui/core/macro';
import type { Analysis } from '../../api/audio.ts';

export type Severity = Analysis['verdicts'][number]['severity'];
export type Answer = 'ready' | 'almost' | 'not-yet';

/** Is the mix ready? The worst verdict comes first, and decides. */
export function answerOf({ verdicts }: Pick<Analysis, 'verdicts'>): Answer {
  const worst = verdicts[0]?.severity;
  if (worst === 'problem') return 'not-yet';
  return worst === 'warning' ? 'almost' : 'ready';
}

export const answerNames = {
  ready: msg`Ready`,
  almost: msg`Almost`,
  'not-yet': msg`Not yet`,
} as const;

export const severityNames = {
  problem: msg`Problem`,
  warning: msg`Warning`,
  advice: msg`Advice`,
  good: msg`Good`,
} as const satisfies Record<Severity, unknown>;
