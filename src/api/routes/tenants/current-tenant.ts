import { Type } from 'typebox';
import { TenantSchema, toTenantJson } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';

export const TenantNameSchema = Type.String({ minLength: 1, maxLength: 100 });

const schema = { summary: 'The workspace', tags: ['tenants'], response: { 200: TenantSchema } };

const changeSchema = {
  summary: 'Change the workspace',
  tags: ['tenants'],
  body: Type.Object(
    {
      name: Type.Optional(TenantNameSchema),
      resultTtlSeconds: Type.Optional(
        Type.Union([Type.Integer({ minimum: 0, maximum: 10 * 366 * 86_400 }), Type.Null()], {
          description: 'How long finished jobs are kept; 0: for ever; null: as usual.',
        }),
      ),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: TenantSchema },
};

export const currentTenant: Route = (api, deps) => {
  const { tenants } = deps.accounts;
  api.get('/v1/tenants/current', { schema }, async (request) =>
    toTenantJson(await tenants.get(deps.resolveActor(request).tenantId)),
  );
  api.patch('/v1/tenants/current', { schema: changeSchema }, async (request) => {
    const by = actingIn(deps, request);
    return toTenantJson(await tenants.update(by, by.principal.tenantId, request.body));
  });
};
