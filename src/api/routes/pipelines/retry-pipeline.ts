import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PipelineSchema, toPipelineJson } from '../../pipeline-json.ts';

const schema = {
  summary: 'Begin again with the steps that failed, were cancelled or skipped',
  description: 'Steps that have succeeded keep their results. The others get new jobs.',
  tags: ['pipelines'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: PipelineSchema },
};

export const retryPipeline: Route = (api, { pipelines, resolveActor }) => {
  api.post('/v1/pipelines/:id/retry', { schema }, async (request) =>
    toPipelineJson(await pipelines.retry(resolveActor(request), request.params.id)),
  );
};
