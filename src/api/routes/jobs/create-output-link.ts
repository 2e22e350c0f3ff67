import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { outputOf } from '../../job-output.ts';
import { outputPath } from '../../output-link.ts';
import { publicOrigin } from '../../public-origin.ts';

const daySeconds = 86_400;

const schema = {
  summary: 'An address at which anybody can read an output',
  description:
    'Until it expires, also through caches: its bytes never change. It ends sooner when the job is removed or its time is over.',
  tags: ['jobs'],
  params: Type.Object({ id: Type.String(), index: Type.String() }),
  body: Type.Object(
    {
      expiresInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 366 * daySeconds, default: daySeconds })),
      name: Type.Optional(Type.String({ maxLength: 255, description: 'What the file is called when it is saved.' })),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      url: Type.String(),
      path: Type.String({ description: 'The same without scheme and host.' }),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
  },
};

export const createOutputLink: Route = (api, { jobs, config, resolveActor, signingKeys }) => {
  api.post('/v1/jobs/:id/outputs/:index/link', { schema }, async (request) => {
    const { expiresInSeconds = daySeconds, name = null } = request.body;
    const { id, index } = request.params;
    const { mediaType, index: number } = outputOf(await jobs.get(resolveActor(request), id), index);
    const expires = Math.floor(Date.now() / 1_000) + expiresInSeconds;
    const path = outputPath(signingKeys, { jobId: id, index: number, name, mediaType, expires });
    const origin = publicOrigin(config, request);
    return { url: `${origin}${path}`, path, expiresAt: new Date(expires * 1_000).toISOString() };
  });
};
