import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import { archiveNames } from '../../archive-names.ts';
import type { Route } from '../../deps.ts';
import { zipStream } from '../../zip-stream.ts';

const schema = {
  summary: 'Download what a batch has made, as a ZIP',
  description:
    'Of the items that have succeeded until now; it waits for none. Files have the names of the items, duplicates are numbered. The ZIP is made while it is sent.',
  tags: ['batches'],
  params: Type.Object({ id: Type.String() }),
};

export const getBatchArchive: Route = (api, { batches, store, resolveActor }) => {
  api.get('/v1/batches/:id/archive', { schema }, async (request, reply) => {
    const { id } = request.params;
    const outputs = await batches.outputs(resolveActor(request), id);
    if (outputs.length === 0) {
      throw new AppError(
        'ARCHIVE_EMPTY',
        'No item of the batch has succeeded until now. Its items say how far they are.',
      );
    }
    const names = archiveNames(outputs);
    reply.headers({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="batch-${id}.zip"`,
      'content-security-policy': "default-src 'none'; sandbox",
      // The next one may hold more.
      'cache-control': 'no-store',
    });
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    const entries = outputs.map((output, at) => ({ ...output, path: names[at] ?? '' }));
    const { bytes, sizeBytes } = zipStream(store, entries);
    return reply.header('content-length', sizeBytes).send(bytes);
  });
};
