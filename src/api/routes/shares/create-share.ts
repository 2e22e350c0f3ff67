import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { publicOrigin } from '../../public-origin.ts';
import { ShareSchema, toShareJson } from '../../share-json.ts';

const daySeconds = 86_400;

const schema = {
  summary: 'Share an output, such as a report, with people who have no login',
  description:
    'The address opens it until the share ends or `DELETE /v1/shares/{id}` takes it back. While it is open, its job is kept.',
  tags: ['shares'],
  body: Type.Object(
    {
      jobId: Type.String(),
      outputIndex: Type.Integer({ minimum: 0, maximum: 1_000 }),
      name: Type.Optional(Type.String({ maxLength: 255, description: 'What the file is called when it is saved.' })),
      expiresInSeconds: Type.Optional(
        Type.Integer({ minimum: 60, maximum: 366 * daySeconds, default: 30 * daySeconds }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 201: ShareSchema },
};

export const createShare: Route = (api, { shares, config, resolveActor, signingKeys }) => {
  api.post('/v1/shares', { schema }, async (request, reply) => {
    const { expiresInSeconds = 30 * daySeconds, ...rest } = request.body;
    const share = await shares.create(resolveActor(request), { ...rest, expiresInSeconds });
    const origin = publicOrigin(config, request);
    return reply.code(201).send(toShareJson(share, signingKeys, origin));
  });
};
