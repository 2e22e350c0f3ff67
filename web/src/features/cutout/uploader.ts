import XHRUpload from '@uppy/xhr-upload';
import { type Asset, uploadUrl } from '../../api/asset.ts';
import { createLane, type Lane, type UploadEvents } from './upload-lane.ts';

export interface Uploader {
  add(id: string, file: File): void;
  retry(id: string): void;
  remove(id: string): void;
}

/** Files from here on go in pieces, which can be taken up again; one request is quicker for all others. */
const largeBytes = 8 * 1_024 * 1_024;
/** Without a byte for so long, the connection is taken for dead. */
const stalledMs = 60_000;

/** Sends files to the server, a few at a time; what failed on the way is sent again by itself. */
export function createUploader(events: UploadEvents): Uploader {
  const small = createLane(
    (uppy, limit) =>
      uppy.use(XHRUpload, {
        endpoint: uploadUrl,
        fieldName: 'file',
        allowedMetaFields: [],
        limit,
        timeout: stalledMs,
        shouldRetry: ({ status }) => status === 0 || status === 429 || (status >= 502 && status <= 504),
      }),
    async (body) => body as unknown as Asset,
    events,
  );
  let large: Promise<Lane> | undefined;
  const openLarge = (): Promise<Lane> => {
    large ??= import('./large-files.ts').then(({ createLargeLane }) => createLargeLane(events));
    return large;
  };
  return {
    add(id, file) {
      if (file.size < largeBytes) small.add(id, file);
      else void openLarge().then((lane) => lane.add(id, file));
    },
    retry(id) {
      small.retry(id);
      void large?.then((lane) => lane.retry(id));
    },
    remove(id) {
      small.remove(id);
      void large?.then((lane) => lane.remove(id));
    },
  };
}
