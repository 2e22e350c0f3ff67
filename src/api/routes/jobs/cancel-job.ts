import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { JobSchema, toJobJson } from '../../job-json.ts';

const schema = {
  summary: 'Stop a job',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: JobSchema },
};

export const cancelJob: Route = (api, { jobs, resolveActor }) => {
  api.post('/v1/jobs/:id/cancel', { schema }, async (request) =>
    toJobJson(await jobs.cancel(resolveActor(request), request.params.id)),
  );
};
