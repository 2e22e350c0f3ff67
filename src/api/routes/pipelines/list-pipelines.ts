import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { PipelinePageSchema, toPipelineJson } from '../../pipeline-json.ts';

const schema = {
  summary: 'List pipelines, newest first',
  tags: ['pipelines'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: PipelinePageSchema },
};

export const listPipelines: Route = (api, { pipelines, resolveActor }) => {
  api.get('/v1/pipelines', { schema }, async (request) => {
    const { items, nextCursor } = await pipelines.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toPipelineJson), nextCursor };
  });
};
