import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PipelineSchema, toPipelineJson } from '../../pipeline-json.ts';

const schema = {
  summary: 'Stop every step of a pipeline that has not ended',
  tags: ['pipelines'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: PipelineSchema },
};

export const cancelPipeline: Route = (api, { pipelines, resolveActor }) => {
  api.post('/v1/pipelines/:id/cancel', { schema }, async (request) =>
    toPipelineJson(await pipelines.cancel(resolveActor(request), request.params.id)),
  );
};
