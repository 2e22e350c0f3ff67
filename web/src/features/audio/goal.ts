import type { Genre, Goal, Target } from '../../api/audio.ts';
import { analysisProcessor } from '../../api/audio.ts';
import type { Job, JobRequest } from '../../api/job.ts';
import { genreNames, targetNames } from './names.ts';

export const firstGoal: Goal = { target: 'spotify', genre: 'none' };

/** The goal that a job was run for; what it does not say, as the server completes it. */
export function goalOf({ params }: Pick<Job, 'params'>): Goal {
  const { target, genre } = params;
  return {
    target: isTarget(target) ? target : firstGoal.target,
    genre: isGenre(genre) ? genre : firstGoal.genre,
  };
}

export function isTarget(value: unknown): value is Target {
  return typeof value === 'string' && Object.hasOwn(targetNames, value);
}

export function isGenre(value: unknown): value is Genre {
  return typeof value === 'string' && Object.hasOwn(genreNames, value);
}

/**
 * The analysis of a recording.
 *
 * @param inputs the recording, and the reference if there is one
 * @param name what the recording is called
 */
export function analysisOf(inputs: readonly string[], { target, genre }: Goal, name: string): JobRequest {
  return { processor: analysisProcessor, inputs, params: { target, genre }, metadata: { name } };
}
