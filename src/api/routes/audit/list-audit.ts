import { Type } from 'typebox';
import {
  AuditEntrySchema,
  AuditFilterQuery,
  AuditScopeQuery,
  auditFilterOf,
  scopeOf,
  toAuditJson,
} from '../../audit-json.ts';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';

const schema = {
  summary: 'What was done, by whom and from where, newest first',
  tags: ['audit'],
  querystring: Type.Object({ ...PageQuery, ...AuditFilterQuery, ...AuditScopeQuery }, { additionalProperties: false }),
  response: {
    200: Type.Object({ items: Type.Array(AuditEntrySchema), nextCursor: Type.Union([Type.String(), Type.Null()]) }),
  },
};

export const listAudit: Route = (api, { audit, resolveActor }) => {
  api.get('/v1/audit', { schema }, async (request) => {
    const { of, cursor, limit, ...filter } = request.query;
    const page = pageOf({ ...(cursor !== undefined && { cursor }), ...(limit !== undefined && { limit }) });
    const scope = scopeOf(of, resolveActor(request));
    const { items, nextCursor } = await audit.list(scope, { ...auditFilterOf(filter), ...page });
    return { items: items.map(toAuditJson), nextCursor };
  });
};
