import Uppy from '@uppy/core';
import XHRUpload from '@uppy/xhr-upload';
import { type Asset, uploadUrl } from '../../api/asset.ts';
import { problemFrom, type ShownError, unreachable } from '../../api/problem.ts';

export interface Uploader {
  add(id: string, file: File): void;
  retry(id: string): void;
  remove(id: string): void;
}

export interface UploadEvents {
  /** @param fraction 0 to 1 */
  readonly onProgress: (id: string, fraction: number) => void;
  readonly onDone: (id: string, asset: Asset) => void;
  readonly onFailed: (id: string, error: ShownError) => void;
}

type Meta = { readonly itemId: string };
type Body = Record<string, unknown>;

/** Uploads at once; the others wait, so that the first results come early. */
const limit = 2;
/** Without a byte for so long, the connection is taken for dead. */
const stalledMs = 60_000;

/** What goes wrong is shown beside the photo, in words. */
const silent = { debug() {}, warn() {}, error() {} };

/** Sends files to the server, two at a time; what failed on the way is sent again by itself. */
export function createUploader({ onProgress, onDone, onFailed }: UploadEvents): Uploader {
  const uppy = new Uppy<Meta, Body>({ autoProceed: true, allowMultipleUploadBatches: true, logger: silent });
  const fileIds = new Map<string, string>();
  const failed = new Map<string, File>();
  uppy.use(XHRUpload, {
    endpoint: uploadUrl,
    fieldName: 'file',
    allowedMetaFields: [],
    limit,
    timeout: stalledMs,
    shouldRetry: ({ status }) => status === 0 || status === 429 || (status >= 502 && status <= 504),
  });
  uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) => {
    if (file && bytesTotal) onProgress(file.meta.itemId, bytesUploaded / bytesTotal);
  });
  uppy.on('upload-success', (file, { body }) => {
    if (!file) return;
    onDone(file.meta.itemId, body as unknown as Asset);
    // It would keep the whole file for as long as the page is open.
    uppy.removeFile(file.id);
  });
  uppy.on('upload-error', (file, _error, request) => {
    if (!file) return;
    onFailed(file.meta.itemId, refusal(request as unknown as XMLHttpRequest | undefined));
    // Whatever is added next would make it send this one again, too.
    failed.set(file.meta.itemId, file.data as File);
    uppy.removeFile(file.id);
  });

  const add = (id: string, file: File): void => {
    failed.delete(id);
    // The path is part of what Uppy knows a file by: the same photo may be added twice.
    const meta = { itemId: id, relativePath: id };
    fileIds.set(id, uppy.addFile({ name: file.name, type: file.type, data: file, meta }));
  };

  return {
    add,
    retry(id) {
      const file = failed.get(id);
      if (file !== undefined) add(id, file);
    },
    remove(id) {
      failed.delete(id);
      const fileId = fileIds.get(id);
      fileIds.delete(id);
      if (fileId !== undefined && uppy.getFile(fileId)) uppy.removeFile(fileId);
    },
  };
}

function refusal(request: XMLHttpRequest | undefined): ShownError {
  if (request === undefined || request.status === 0) return unreachable();
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    // A proxy answered, in its own way.
  }
  return problemFrom(request.status, body);
}
