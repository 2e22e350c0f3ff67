import { AppError } from '#kernel/errors.ts';
import { type StemName, stemNames } from '../../shared/models/separation-descriptor.ts';
import type { StemsParams } from './params.ts';

export interface StemPlan {
  /** What the model estimates; the rest is what these leave. */
  readonly estimated: readonly StemName[];
  readonly rest: StemName;
  /** In the order of outputs. */
  readonly wanted: readonly StemName[];
}

/**
 * Which stems a job makes. One of them is not estimated but is the recording less the others, so that all add up to it.
 *
 * @param estimates what the model can estimate, the rest not among them
 * @throws AppError INVALID_PARAMETERS for stems that it does not make
 */
export function planStems({ mode, stems, model }: StemsParams, estimates: readonly StemName[]): StemPlan {
  if (!estimates.includes('vocals') && mode === 'two') {
    throw new AppError('INVALID_PARAMETERS', `The model ${model} does not tell vocals from the rest; choose another.`);
  }
  const estimated = mode === 'two' ? (['vocals'] as const) : estimates;
  const rest = estimated.length === 1 && estimated[0] === 'vocals' ? 'accompaniment' : 'other';
  const all = stemNames.filter((name) => name === rest || estimated.includes(name));
  const named = new Set(stems === 'all' ? all : (stems.split(',') as StemName[]));
  const missing = [...named].find((name) => !all.includes(name));
  if (missing !== undefined) {
    throw new AppError(
      'INVALID_PARAMETERS',
      `There is no stem "${missing}" in mode ${mode} of ${model}; there is: ${all.join(', ')}.`,
      { extensions: { stems: all } },
    );
  }
  return { estimated, rest, wanted: all.filter((name) => named.has(name)) };
}
