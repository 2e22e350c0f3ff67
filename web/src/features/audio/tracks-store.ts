import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Goal } from '../../api/audio.ts';
import { cancelJob, createJob, type Job, retryJob } from '../../api/job.ts';
import { jobKey } from '../../api/live-jobs.ts';
import { shownError } from '../../api/problem.ts';
import { againWhenSignedIn } from '../../api/refused-work.ts';
import { uploadAsset } from '../../api/upload-asset.ts';
import type { Uploader } from '../cutout/uploader.ts';
import { analysisOf } from './goal.ts';
import type { Track } from './track.ts';
import { type Reference, type Remembered, recallTracks, rememberTracks } from './tracks-memory.ts';

/** Requests for jobs that are under way at once. */
const creating = 3;
const rememberMs = 300;

/**
 * The recordings of the audio page and what became of them. It lives as long as the tab, so that uploads go on while other
 * pages are looked at; what the server has is found again after a reload.
 *
 * @param onJob is told of every job that was created or started again
 */
export function createTracks(onJob: (job: Job) => void) {
  let state: Remembered = recallTracks();
  let uploader: Promise<Uploader> | undefined;
  let storing = false;
  const listeners = new Set<() => void>();
  const wanted: (() => Promise<void>)[] = [];
  let asking = 0;

  const publish = (next: Partial<Remembered>): void => {
    state = { ...state, ...next };
    if (!storing) {
      storing = true;
      setTimeout(() => {
        storing = false;
        rememberTracks(state);
      }, rememberMs);
    }
    for (const listener of listeners) listener();
  };
  const find = (id: string): Track | undefined => state.tracks.find((track) => track.id === id);
  const change = (id: string, changes: Partial<Track>): void =>
    publish({ tracks: state.tracks.map((track) => (track.id === id ? { ...track, ...changes } : track)) });
  /** Without what it had before: neither job nor error. */
  const changeWork = (id: string, work: Pick<Track, 'jobId' | 'error'>): void =>
    publish({
      tracks: state.tracks.map((track) =>
        track.id === id ? { id, name: track.name, upload: track.upload, ...work } : track,
      ),
    });

  const openUploader = (): Promise<Uploader> => {
    uploader ??= import('../cutout/uploader.ts').then(({ createUploader }) =>
      createUploader({
        onProgress: (id, fraction) => change(id, { upload: { state: 'sending', fraction } }),
        onDone: (id, asset) => {
          change(id, { upload: { state: 'done', asset } });
          ask(id);
        },
        onFailed: (id, error) => {
          change(id, { upload: { state: 'failed', error } });
          againWhenSignedIn(error, () => sendAgain(id));
        },
      }),
    );
    return uploader;
  };
  const sendAgain = (id: string): void => {
    change(id, { upload: { state: 'waiting' } });
    void openUploader().then((open) => open.retry(id));
  };

  function ask(id: string, start = (track: Track) => createJob(requestFor(track))): void {
    changeWork(id, {});
    wanted.push(async () => {
      const track = find(id);
      if (track === undefined) return;
      try {
        const job = await start(track);
        onJob(job);
        changeWork(id, { jobId: job.id });
      } catch (thrown) {
        const error = shownError(thrown);
        changeWork(id, { error });
        againWhenSignedIn(error, () => ask(id, start));
      }
    });
    void work();
  }

  async function work(): Promise<void> {
    if (asking >= creating) return;
    asking++;
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) await next();
    asking--;
  }

  function requestFor({ name, upload }: Track) {
    const inputs = upload.state === 'done' ? [upload.asset.id] : [];
    if (state.reference !== undefined) inputs.push(state.reference.assetId);
    return analysisOf(inputs, state.goal, name);
  }

  const askAll = (): void => {
    for (const { id, upload } of state.tracks) if (upload.state === 'done') ask(id);
  };

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: (): Remembered => state,

    add(files: readonly File[]): void {
      const tracks = files.map(
        (file): Track => ({ id: crypto.randomUUID(), name: file.name, upload: { state: 'waiting' } }),
      );
      publish({ tracks: [...state.tracks, ...tracks] });
      void openUploader().then((open) => {
        for (const [at, { id }] of tracks.entries()) open.add(id, files[at] as File);
      });
    },

    /** All recordings are judged anew; what is known already is there at once. */
    setGoal(goal: Goal): void {
      publish({ goal });
      askAll();
    },

    /** @throws ApiError why the reference cannot be used */
    async setReference(file: File | undefined): Promise<void> {
      let reference: Reference | undefined;
      if (file !== undefined) {
        const asset = await uploadAsset(file, file.name);
        reference = { assetId: asset.id, name: file.name };
      }
      publish({ reference });
      askAll();
    },

    /** Sends it again where it did not arrive, else starts its analysis again. */
    retry(id: string, job: Job | undefined): void {
      const track = find(id);
      if (track?.upload.state === 'failed') {
        sendAgain(id);
      } else if (job !== undefined && job.error?.code !== 'JOB_NOT_FOUND') {
        ask(id, () => retryJob(job.id));
      } else {
        ask(id);
      }
    },

    async cancel(job: Job): Promise<void> {
      // What was refused was refused because the job has moved on: the page then hears where to.
      await cancelJob(job.id).then(onJob, () => undefined);
    },

    remove(id: string): void {
      void uploader?.then((open) => open.remove(id));
      publish({ tracks: state.tracks.filter((track) => track.id !== id) });
    },
  };
}

export type Tracks = ReturnType<typeof createTracks>;

let tracks: Tracks | undefined;

/** The recordings of this tab. */
export function theTracks(queries: QueryClient): Tracks {
  tracks ??= createTracks((job) => queries.setQueryData(jobKey(job.id), job));
  return tracks;
}

export function useTracks(of: Tracks): Remembered {
  return useSyncExternalStore(of.subscribe, of.state);
}
