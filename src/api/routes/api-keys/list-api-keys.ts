import { Type } from 'typebox';
import { ApiKeySchema, toApiKeysJson } from '../../account-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'API keys of the workspace, newest first; revoked ones for 30 days',
  tags: ['api-keys'],
  response: { 200: Type.Object({ items: Type.Array(ApiKeySchema) }) },
};

export const listApiKeys: Route = (api, { accounts, resolveActor }) => {
  api.get('/v1/api-keys', { schema }, async (request) => {
    const keys = await accounts.apiKeys.list(resolveActor(request).tenantId);
    return { items: await toApiKeysJson(accounts.people, keys) };
  });
};
