import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { JobPageSchema, JobStatusSchema, toJobJson } from '../../job-json.ts';
import { PageQuery, pageOf } from '../../paging.ts';

const schema = {
  summary: 'List jobs, newest first',
  tags: ['jobs'],
  querystring: Type.Object(
    {
      ...PageQuery,
      status: Type.Optional(JobStatusSchema),
      processor: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      batch: Type.Optional(
        Type.String({ minLength: 1, maxLength: 100, description: 'Of this batch; `none` for jobs of no batch.' }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: JobPageSchema },
};

export const listJobs: Route = (api, { jobs, resolveActor }) => {
  api.get('/v1/jobs', { schema }, async (request) => {
    const { status, processor, batch, ...page } = request.query;
    const filter = {
      ...pageOf(page),
      ...(status && { status }),
      ...(processor && { processor }),
      ...(batch && { batch: batch === 'none' ? null : batch }),
    };
    const { items, nextCursor } = await jobs.list(resolveActor(request), filter);
    return { items: items.map(toJobJson), nextCursor };
  });
};
