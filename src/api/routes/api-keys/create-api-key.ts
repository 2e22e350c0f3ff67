import { Type } from 'typebox';
import {
  KeyExpirySchema,
  KeyNameSchema,
  KeyRateSchema,
  KeyScopesSchema,
  NewApiKeySchema,
  toApiKeysJson,
} from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Make an API key',
  description:
    'The key is shown this once. It may what its scopes say and whoever made it may as well, at each use. A key that makes ' +
    'keys gives them no more time and no more requests than it has itself.',
  tags: ['api-keys'],
  body: Type.Object(
    {
      name: KeyNameSchema,
      scopes: KeyScopesSchema,
      expiresAt: Type.Optional(KeyExpirySchema),
      requestsPerMinute: Type.Optional(KeyRateSchema),
    },
    { additionalProperties: false },
  ),
  response: { 201: NewApiKeySchema },
};

export const createApiKey: Route = (api, deps) => {
  const { apiKeys, people } = deps.accounts;
  api.post('/v1/api-keys', { schema }, async (request, reply) => {
    const { expiresAt, ...others } = request.body;
    const made = await apiKeys.create(actingIn(deps, request), { ...others, expiresAt: momentOf(expiresAt) });
    const [json] = await toApiKeysJson(people, [made]);
    return reply.code(201).send({ ...(json as NonNullable<typeof json>), key: made.key });
  });
};

/** The schema has looked at it. */
export function momentOf(text: string | null | undefined): Date | null | undefined {
  return typeof text === 'string' ? new Date(text) : text;
}
