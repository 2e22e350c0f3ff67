import type { IncomingHttpHeaders } from 'node:http';
import type { PartialUploads } from '#assets/uploads/upload.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';
import {
  announcedSize,
  checkVersion,
  describeUpload,
  isPiece,
  metadataIn,
  pieceOf,
  uploadsPath,
} from '../../tus-protocol.ts';
import { receiving } from '../../upload.ts';

const schema = {
  summary: 'Begin an upload in pieces',
  description:
    'tus 1.0 (https://tus.io): any of its clients works. `Location` is where the pieces go. When the last one is there, ' +
    'the answer has `Upload-Asset-Id`. With `Content-Type: application/offset+octet-stream` the body is the first piece.',
  tags: ['uploads'],
};

export const createUpload: Route = (api, deps) => {
  api.post(uploadsPath, { schema, validatorCompiler: () => () => true }, async (request, reply) => {
    checkVersion(request, reply);
    const { headers } = request;
    const actor = deps.resolveActor(request);
    await refuseConcatenation(headers, deps.uploads, actor);
    const sizeBytes = announcedSize(headers);
    const { text: metadata, name } = metadataIn(headers);
    const upload = await receiving(request, deps, () => {
      const piece = isPiece(headers) ? pieceOf(request, deps.closing) : undefined;
      return deps.uploads.begin(actor, { sizeBytes, name, metadata, piece });
    });
    describeUpload(reply, upload);
    // A path alone: whatever name the client knows this server by.
    return reply.code(201).header('location', `${uploadsPath}/${upload.id}`).send();
  });
};

/** @throws AppError UPLOAD_NOT_FOUND for parts that are not the tenant's, BAD_REQUEST for all others */
async function refuseConcatenation(
  { 'upload-concat': concat }: IncomingHttpHeaders,
  uploads: PartialUploads,
  actor: Actor,
): Promise<void> {
  if (concat === undefined) return;
  const parts = String(concat)
    .replace(/^final;/, '')
    .split(' ')
    .slice(0, 100);
  for (const part of parts) {
    if (part.includes('/')) await uploads.get(actor, part.slice(part.lastIndexOf('/') + 1));
  }
  throw new AppError('BAD_REQUEST', 'Parts are not put together here. Send the file as one upload.');
}
