import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/**
 * What an error means and what to do, for people who do not read APIs. A code that is missing here is shown in the
 * server's own words.
 */
export const errorTexts: Readonly<Record<string, MessageDescriptor>> = {
  UNREACHABLE: msg`The server does not answer. Check that Esteira is running, then try again.`,
  UPLOAD_TOO_LARGE: msg`This file is larger than the server accepts. Save it smaller or more compressed, then send it again.`,
  BODY_TOO_LARGE: msg`This was too much for one request. Send fewer files at once.`,
  UPLOAD_INTERRUPTED: msg`The connection broke off while the file was sent. Try again.`,
  REQUEST_TIMEOUT: msg`Sending took too long. Try again, over a faster connection or with a smaller file.`,
  EMPTY_FILE: msg`This file is empty. Choose another one.`,
  UNSUPPORTED_MEDIA_TYPE: msg`This is not a picture that Esteira reads. Use JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF.`,
  INPUT_NOT_ACCEPTED: msg`This kind of file cannot be used here. Use a photo: JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF.`,
  PIXEL_LIMIT: msg`This picture has more pixels than the server accepts. Make it smaller, then send it again.`,
  FRAME_LIMIT: msg`This animation has too many frames. Save one of them as a picture.`,
  MEDIA_INVALID: msg`This file is damaged, or is not what its name says. Open it, save it again, and send the new file.`,
  RESOURCE_LIMIT: msg`This picture needs more memory than one job may use. Make it smaller, then try again.`,
  ASSET_NOT_FOUND: msg`The photo is no longer on the server. Add it again.`,
  OBJECT_NOT_FOUND: msg`The file is no longer on the server. Add the photo again.`,
  OBJECT_CORRUPT: msg`The stored file is damaged. Add the photo again, and have the server’s disk checked.`,
  JOB_NOT_FOUND: msg`This job no longer exists. Start it again.`,
  OUTPUT_NOT_FOUND: msg`The result is no longer on the server. Run it again.`,
  JOB_CANCELLED: msg`This was cancelled. Try again if you need it.`,
  JOB_DEADLINE: msg`This took longer than it may. Try again when the server has less to do, or with a smaller picture.`,
  JOB_MEMORY_LIMIT: msg`This picture needs more memory than one job may use. Make it smaller, then try again.`,
  JOB_FAILED: msg`That did not work. Try again; if it fails again, try another photo.`,
  JOB_ATTEMPTS_EXHAUSTED: msg`The work was interrupted too often. Try again; if it happens again, this photo may be the reason.`,
  WORKER_CRASHED: msg`The program that worked on this ended by surprise. Try again.`,
  WORKER_BAD_OUTPUT: msg`The result was not usable. Try again with other settings.`,
  WAIT_TIMED_OUT: msg`The result is not ready yet. Look again in a moment.`,
  PROCESSOR_UNAVAILABLE: msg`Nothing that can do this is running. Try again in a moment, or ask whoever runs the server.`,
  UNKNOWN_PROCESSOR: msg`This server cannot do that yet. It may need to be updated.`,
  MODEL_NOT_FOUND: msg`The chosen model is not installed on the server. Choose another one.`,
  MODEL_CORRUPT: msg`A model on the server is damaged. Whoever runs it should run “esteira doctor”.`,
  PROVIDER_UNAVAILABLE: msg`The outside service that cuts out did not answer. Try again later.`,
  PROVIDER_DENIED: msg`The outside service did not accept the server’s key. Whoever runs the server should check it.`,
  STORAGE_FULL: msg`The server’s disk is full. Make room there, then try again.`,
  DATABASE_UNAVAILABLE: msg`The server’s database does not answer. Try again in a moment.`,
  QUEUE_UNAVAILABLE: msg`The server’s queue does not answer. Try again in a moment.`,
  OVERLOADED: msg`The server has more to do than it can manage. Try again in a few seconds.`,
  SHUTTING_DOWN: msg`The server is restarting. Try again in a moment.`,
  HOST_NOT_ALLOWED: msg`This server answers to localhost only. Open it at http://localhost.`,
  ORIGIN_NOT_ALLOWED: msg`This page may not use the server. Open the studio at the server’s own address.`,
  INTERNAL: msg`Something went wrong on the server. Try again; its log says more.`,
};
