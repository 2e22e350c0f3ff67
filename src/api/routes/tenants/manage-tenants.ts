import { Type } from 'typebox';
import {
  EmailSchema,
  NewInvitationSchema,
  TenantSchema,
  toNewInvitationJson,
  toTenantJson,
} from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { publicOrigin } from '../../public-origin.ts';
import { TenantNameSchema } from './current-tenant.ts';

const schema = {
  summary: 'Workspaces of this server, newest first',
  tags: ['tenants'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          ...TenantSchema.properties,
          planId: Type.String(),
          status: Type.Enum(['active', 'suspended']),
        }),
      ),
      nextCursor: Type.Union([Type.String(), Type.Null()]),
    }),
  },
};

const createSchema = {
  summary: 'Make a workspace',
  description:
    'Its owner is a member at once where there is an account with this address, and is invited where there is none.',
  tags: ['tenants'],
  body: Type.Object({ name: TenantNameSchema, ownerEmail: EmailSchema }, { additionalProperties: false }),
  response: {
    201: Type.Object({ ...TenantSchema.properties, invitation: Type.Union([NewInvitationSchema, Type.Null()]) }),
  },
};

const renameSchema = {
  summary: 'Rename a workspace',
  tags: ['tenants'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object({ name: TenantNameSchema }, { additionalProperties: false }),
  response: { 200: TenantSchema },
};

export const manageTenants: Route = (api, deps) => {
  const { tenants } = deps.accounts;

  api.get('/v1/tenants', { schema }, async (request) => {
    const { items, nextCursor } = await tenants.list(pageOf(request.query));
    const plans = await Promise.all(items.map(({ id }) => deps.plans.of(id)));
    return {
      items: items.map((tenant, at) => {
        const { plan, status } = plans[at] as NonNullable<(typeof plans)[number]>;
        return { ...toTenantJson(tenant), planId: plan.id, status };
      }),
      nextCursor,
    };
  });

  api.post('/v1/tenants', { schema: createSchema }, async (request, reply) => {
    const { tenant, invitation } = await tenants.create(actingIn(deps, request), request.body);
    const origin = publicOrigin(deps.config, request);
    const invited = invitation === undefined ? null : toNewInvitationJson(invitation, origin);
    return reply.code(201).send({ ...toTenantJson(tenant), invitation: invited });
  });

  api.patch('/v1/tenants/:id', { schema: renameSchema }, async (request) =>
    toTenantJson(await tenants.update(actingIn(deps, request), request.params.id, request.body)),
  );
};
