import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { JobSchema, toJobJson } from '../../job-json.ts';

const schema = {
  summary: 'Put a failed or cancelled job back in line',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: JobSchema },
};

export const retryJob: Route = (api, { jobs, resolveActor }) => {
  api.post('/v1/jobs/:id/retry', { schema }, async (request) =>
    toJobJson(await jobs.retry(resolveActor(request), request.params.id)),
  );
};
