import { Type } from 'typebox';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'A copy of everything, as a ZIP',
  tags: ['privacy'],
  params: Type.Object({ id: Type.String() }),
};

export const getExportArchive: Route = (api, { privacy, resolveActor, store }) => {
  api.get('/v1/privacy/exports/:id/archive', { schema }, async (request, reply) => {
    const archive = await privacy.archive(resolveActor(request), request.params.id, originOf(request));
    const name = `esteira-${archive.of === 'me' ? 'me' : 'workspace'}-${archive.createdAt.toISOString().slice(0, 10)}.zip`;
    // Never from a bucket or a cache: whoever has this file has everything.
    reply
      .type('application/zip')
      .header('content-length', archive.sizeBytes)
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store');
    return reply.send(await store.read(archive.sha256));
  });
};
