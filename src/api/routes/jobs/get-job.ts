import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { JobSchema, toJobJson } from '../../job-json.ts';

const schema = {
  summary: 'The state of a job, and its outputs',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: JobSchema },
};

export const getJob: Route = (api, { jobs, resolveActor }) => {
  api.get('/v1/jobs/:id', { schema }, async (request) =>
    toJobJson(await jobs.get(resolveActor(request), request.params.id)),
  );
};
