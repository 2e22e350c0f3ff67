import type { Goal } from '../../api/audio.ts';
import { keep } from '../../api/own-storage.ts';
import { firstGoal, isGenre, isTarget } from './goal.ts';
import type { Track } from './track.ts';

const storageKey = 'esteira.audio';
const remembered = 300;

export interface Reference {
  readonly assetId: string;
  readonly name: string;
}

export interface Remembered {
  readonly tracks: readonly Track[];
  readonly goal: Goal;
  readonly reference?: Reference | undefined;
}

/** What was on the page before it was loaded anew, as far as the server has it. */
export function recallTracks(): Remembered {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Partial<Remembered> | null;
    if (!Array.isArray(stored?.tracks)) return { tracks: [], goal: firstGoal };
    const { goal, reference } = stored;
    return {
      tracks: stored.tracks,
      goal: goal && isTarget(goal.target) && isGenre(goal.genre) ? goal : firstGoal,
      ...(reference && { reference }),
    };
  } catch {
    return { tracks: [], goal: firstGoal };
  }
}

export function rememberTracks({ tracks, goal, reference }: Remembered): void {
  const kept = tracks.filter(({ upload }) => upload.state === 'done').slice(-remembered);
  keep(storageKey, { tracks: kept, goal, reference });
}
