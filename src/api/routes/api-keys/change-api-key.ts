import { Type } from 'typebox';
import {
  ApiKeySchema,
  KeyExpirySchema,
  KeyNameSchema,
  KeyRateSchema,
  KeyScopesSchema,
  NewApiKeySchema,
  toApiKeysJson,
} from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';
import { momentOf } from './create-api-key.ts';

const params = Type.Object({ id: Type.String() });
const maxOverlapSeconds = 7 * 86_400;

const schema = {
  summary: 'Change an API key; a key cannot change itself',
  tags: ['api-keys'],
  params,
  body: Type.Object(
    {
      name: Type.Optional(KeyNameSchema),
      scopes: Type.Optional(KeyScopesSchema),
      expiresAt: Type.Optional(KeyExpirySchema),
      requestsPerMinute: Type.Optional(KeyRateSchema),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: ApiKeySchema },
};

const rotateSchema = {
  summary: 'Give an API key a new secret',
  description:
    'The old one holds for as long as is said, so that nothing stands still meanwhile. Who rotates a key answers for it.',
  tags: ['api-keys'],
  params,
  body: Type.Object(
    { overlapSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: maxOverlapSeconds, default: 0 })) },
    { additionalProperties: false },
  ),
  response: { 200: NewApiKeySchema },
};

const revokeSchema = {
  summary: 'Revoke an API key, for good; within a second it opens nothing',
  tags: ['api-keys'],
  params,
  response: { 204: Type.Null() },
};

export const changeApiKey: Route = (api, deps) => {
  const { apiKeys, people } = deps.accounts;

  api.patch('/v1/api-keys/:id', { schema }, async (request) => {
    const { expiresAt, ...others } = request.body;
    const changes = { ...others, ...(expiresAt !== undefined && { expiresAt: momentOf(expiresAt) }) };
    const changed = await apiKeys.update(actingIn(deps, request), request.params.id, changes);
    const [json] = await toApiKeysJson(people, [changed]);
    return json as NonNullable<typeof json>;
  });

  api.post('/v1/api-keys/:id/rotate', { schema: rotateSchema }, async (request) => {
    const { overlapSeconds = 0 } = request.body;
    const rotated = await apiKeys.rotate(actingIn(deps, request), request.params.id, overlapSeconds);
    const [json] = await toApiKeysJson(people, [rotated]);
    return { ...(json as NonNullable<typeof json>), key: rotated.key };
  });

  api.delete('/v1/api-keys/:id', { schema: revokeSchema }, async (request, reply) => {
    await apiKeys.revoke(actingIn(deps, request), request.params.id);
    return reply.code(204).send(null);
  });
};
