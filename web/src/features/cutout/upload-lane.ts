import Uppy from '@uppy/core';
import type { Asset } from '../../api/asset.ts';
import { problemFrom, type ShownError, shownError, unreachable } from '../../api/problem.ts';

export interface UploadEvents {
  /** @param fraction 0 to 1 */
  readonly onProgress: (id: string, fraction: number) => void;
  readonly onDone: (id: string, asset: Asset) => void;
  readonly onFailed: (id: string, error: ShownError) => void;
}

/** One way to the server. */
export interface Lane {
  add(id: string, file: File): void;
  /** Does nothing for what did not fail here. */
  retry(id: string): void;
  remove(id: string): void;
}

type Meta = { readonly itemId: string };
type Body = Record<string, unknown>;
export type LaneUppy = Uppy<Meta, Body>;

/** Uploads at once; the others wait, so that the first results come early. */
const limit = 2;

/** What goes wrong is shown beside the photo, in words. */
const silent = { debug() {}, warn() {}, error() {} };

/**
 * Files on their way, two at a time.
 *
 * @param install puts into Uppy what sends them
 * @param assetOf what the server's answer to the last request says the file has become
 */
export function createLane(
  install: (uppy: LaneUppy, limit: number) => void,
  assetOf: (answer: Body) => Promise<Asset>,
  { onProgress, onDone, onFailed }: UploadEvents,
): Lane {
  const uppy: LaneUppy = new Uppy<Meta, Body>({ autoProceed: true, allowMultipleUploadBatches: true, logger: silent });
  const fileIds = new Map<string, string>();
  const failed = new Map<string, File>();
  const seen = new Map<string, number>();
  install(uppy, limit);
  uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) => {
    if (file && bytesTotal) onProgress(file.meta.itemId, bytesUploaded / bytesTotal);
  });
  uppy.on('upload-success', (file, { body }) => {
    if (!file) return;
    const { itemId } = file.meta;
    void assetOf(body as Body).then(
      (asset) => onDone(itemId, asset),
      (error: unknown) => fail(itemId, file.data as File, shownError(error)),
    );
    // It would keep the whole file for as long as the page is open. Not at once: what sends it still has it in hand.
    setTimeout(() => forget(file.id));
  });
  uppy.on('upload-error', (file, _error, answer) => {
    if (!file) return;
    fail(file.meta.itemId, file.data as File, refusal(answer));
    // Whatever is added next would make it send this one again, too.
    uppy.removeFile(file.id);
  });

  function fail(id: string, file: File, error: ShownError): void {
    failed.set(id, file);
    onFailed(id, error);
  }

  function forget(fileId: string): void {
    if (uppy.getFile(fileId)) uppy.removeFile(fileId);
  }

  function add(id: string, file: File): void {
    failed.delete(id);
    // The path is part of what Uppy knows a file by: the same photo may be added twice. It has no part in it which photo
    // of the page it is, so that an upload that a reload cut off is found when the same file is chosen again.
    const times = seen.get(nameOf(file)) ?? 0;
    seen.set(nameOf(file), times + 1);
    const meta = { itemId: id, relativePath: String(times) };
    fileIds.set(id, uppy.addFile({ name: file.name, type: file.type, data: file, meta }));
  }

  return {
    add,
    retry(id) {
      const file = failed.get(id);
      if (file === undefined) return;
      seen.set(nameOf(file), (seen.get(nameOf(file)) ?? 1) - 1);
      add(id, file);
    },
    remove(id) {
      failed.delete(id);
      const fileId = fileIds.get(id);
      fileIds.delete(id);
      if (fileId !== undefined) forget(fileId);
    },
  };
}

function nameOf({ name, size, lastModified }: File): string {
  return `${name} ${size} ${lastModified}`;
}

/** @param answer the request, or what has it inside: those who send differ in it */
function refusal(answer: unknown): ShownError {
  const request = answer instanceof XMLHttpRequest ? answer : (answer as { body?: { xhr?: unknown } })?.body?.xhr;
  if (!(request instanceof XMLHttpRequest) || request.status === 0) return unreachable();
  let body: unknown;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    // A proxy answered, in its own way.
  }
  return problemFrom(request.status, body);
}
