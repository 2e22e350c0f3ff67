import type { Analysis, Goal } from '../../api/audio.ts';
import type { Job } from '../../api/job.ts';

/** One analysed recording, with all that its page needs. */
export interface OpenTrack {
  readonly job: Job;
  readonly analysis: Analysis;
  readonly goal: Goal;
  readonly name: string;
  /** Asset of the recording. */
  readonly assetId: string;
  /** Asset of what it was held against. */
  readonly referenceId?: string;
}
