import { useSyncExternalStore } from 'react';
import type { Asset } from '../../api/asset.ts';
import { createJob, type Job, retryJob } from '../../api/job.ts';
import { shownError } from '../../api/problem.ts';
import { againWhenSignedIn } from '../../api/refused-work.ts';
import { jobFor, type Look, lookKey } from './background.ts';
import type { StudioItem, Work } from './studio-item.ts';
import { recall, remember } from './studio-memory.ts';
import type { Uploader } from './uploader.ts';

export interface StudioState {
  readonly items: readonly StudioItem[];
  readonly look: Look;
  /** The look before this one, which is shown until the new one is there. */
  readonly beforeKey: string | undefined;
}

/** As many as a batch may have. */
export const maxItems = 1_000;
/** Requests for jobs that are under way at once. */
const creating = 4;

type Listener = () => void;

/**
 * The photos of the studio and what became of them. It lives as long as the tab, so that uploads go on while other
 * pages are looked at; what the server has is found again after a reload.
 *
 * @param onJob is told of every job that was created or started again
 */
export function createStudio(onJob: (job: Job) => void) {
  let state: StudioState = { beforeKey: undefined, ...recall() };
  let uploader: Promise<Uploader> | undefined;
  const listeners = new Set<Listener>();
  let asking = 0;
  const wanted: (() => Promise<void>)[] = [];

  const publish = (next: Partial<StudioState>): void => {
    state = { ...state, ...next };
    remember(state);
    for (const listener of listeners) listener();
  };
  const change = (id: string, changes: (item: StudioItem) => Partial<StudioItem>): void =>
    publish({ items: state.items.map((item) => (item.id === id ? { ...item, ...changes(item) } : item)) });
  const setUpload = (id: string, upload: StudioItem['upload']): void => change(id, () => ({ upload }));
  const setWork = (id: string, key: string, work: Work): void =>
    change(id, ({ works }) => ({ works: { ...works, [key]: work } }));
  const find = (id: string): StudioItem | undefined => state.items.find((item) => item.id === id);

  const openUploader = (): Promise<Uploader> => {
    uploader ??= import('./uploader.ts').then(({ createUploader }) =>
      createUploader({
        onProgress: (id, fraction) => setUpload(id, { state: 'sending', fraction }),
        onDone: (id, asset) => {
          setUpload(id, { state: 'done', asset });
          ask(id, asset);
        },
        onFailed: (id, error) => {
          setUpload(id, { state: 'failed', error });
          againWhenSignedIn(error, () => sendAgain(id));
        },
      }),
    );
    return uploader;
  };
  const sendAgain = (id: string): void => {
    setUpload(id, { state: 'waiting' });
    void openUploader().then((open) => open.retry(id));
  };

  /** Asks for the wanted look of a photo, a few at a time. */
  function ask(id: string, asset: Asset): void {
    const { look } = state;
    const key = lookKey(look);
    const known = find(id)?.works[key];
    if (known !== undefined && known.error === undefined) return;
    setWork(id, key, {});
    void enqueue(id, key, () => {
      const { name, maskId } = find(id) ?? {};
      return createJob({ ...jobFor(asset, look, maskId), metadata: { name } });
    });
  }

  async function enqueue(id: string, key: string, start: () => Promise<Job>): Promise<void> {
    wanted.push(async () => {
      if (find(id) === undefined) return;
      try {
        const job = await start();
        onJob(job);
        setWork(id, key, { jobId: job.id });
      } catch (thrown) {
        const error = shownError(thrown);
        setWork(id, key, { error });
        againWhenSignedIn(error, () => void enqueue(id, key, start));
      }
    });
    if (asking >= creating) return;
    asking++;
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) await next();
    asking--;
  }

  function askAll(): void {
    for (const { id, upload } of state.items) if (upload.state === 'done') ask(id, upload.asset);
  }

  return {
    subscribe(listener: Listener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: (): StudioState => state,

    /** @returns how many were taken: the studio holds a thousand */
    add(files: readonly File[]): number {
      const taken = files.slice(0, maxItems - state.items.length);
      const items = taken.map(
        (file): StudioItem => ({
          id: crypto.randomUUID(),
          name: file.name,
          localUrl: URL.createObjectURL(file),
          upload: { state: 'waiting' },
          works: {},
        }),
      );
      publish({ items: [...state.items, ...items] });
      void openUploader().then((open) => {
        for (const [at, { id }] of items.entries()) open.add(id, taken[at] as File);
      });
      return taken.length;
    },

    setLook(changes: Partial<Look>): void {
      const look = { ...state.look, ...changes };
      if (lookKey(look) === lookKey(state.look)) return;
      publish({ look, beforeKey: lookKey(state.look) });
      askAll();
    },

    /** Puts a painted mask in place of the model's: every look of this photo is made anew from it. */
    setMask(id: string, maskId: string): void {
      const item = find(id);
      if (item?.upload.state !== 'done') return;
      change(id, () => ({ maskId, works: {} }));
      ask(id, item.upload.asset);
    },

    retry(id: string, job: Job | undefined): void {
      const item = find(id);
      if (item === undefined) return;
      if (item.upload.state === 'failed') {
        sendAgain(id);
      } else if (item.upload.state === 'done') {
        const key = lookKey(state.look);
        if (job === undefined || job.error?.code === 'JOB_NOT_FOUND') {
          setWork(id, key, { error: { code: 'JOB_NOT_FOUND', detail: '' } });
          ask(id, item.upload.asset);
          return;
        }
        setWork(id, key, {});
        void enqueue(id, key, () => retryJob(job.id));
      }
    },

    remove(id: string): void {
      const item = find(id);
      if (item?.localUrl) URL.revokeObjectURL(item.localUrl);
      void uploader?.then((open) => open.remove(id));
      publish({ items: state.items.filter((other) => other.id !== id) });
    },

    clear(): void {
      for (const { id, localUrl } of state.items) {
        if (localUrl) URL.revokeObjectURL(localUrl);
        void uploader?.then((open) => open.remove(id));
      }
      publish({ items: [], beforeKey: undefined });
    },
  };
}

export type Studio = ReturnType<typeof createStudio>;

export function useStudioState(studio: Studio): StudioState {
  return useSyncExternalStore(studio.subscribe, studio.state);
}
