import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PipelineSchema, toPipelineJson } from '../../pipeline-json.ts';

const schema = {
  summary: 'How far a pipeline and its steps are',
  tags: ['pipelines'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: PipelineSchema },
};

export const getPipeline: Route = (api, { pipelines, resolveActor }) => {
  api.get('/v1/pipelines/:id', { schema }, async (request) =>
    toPipelineJson(await pipelines.get(resolveActor(request), request.params.id)),
  );
};
