import Tus from '@uppy/tus';
import type { Asset } from '../../api/asset.ts';
import { request } from '../../api/client.ts';
import { createLane, type Lane, type UploadEvents } from './upload-lane.ts';

/** What is sent again when a connection breaks is at most this. */
const pieceBytes = 8 * 1_024 * 1_024;
const retryDelaysMs = [0, 1_000, 3_000, 5_000, 15_000];

/** Files in pieces, by tus: a broken connection, or a page that was loaded anew, goes on where it was. */
export function createLargeLane(events: UploadEvents): Lane {
  return createLane(
    (uppy, limit) =>
      uppy.use(Tus, {
        endpoint: new URL('/v1/uploads', window.location.href).href,
        chunkSize: pieceBytes,
        retryDelays: retryDelaysMs,
        removeFingerprintOnSuccess: true,
        allowedMetaFields: ['name'],
        limit,
      }),
    async ({ xhr }) => {
      const id = (xhr as XMLHttpRequest).getResponseHeader('Upload-Asset-Id') ?? '';
      return await request<Asset>(`/v1/assets/${id}`);
    },
    events,
  );
}
