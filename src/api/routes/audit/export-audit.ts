import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { auditCsv, auditJson } from '../../audit-files.ts';
import { AuditFilterQuery, AuditScopeQuery, auditFilterOf, scopeOf } from '../../audit-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'The record as a file, oldest first',
  description: 'In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe.',
  tags: ['audit'],
  querystring: Type.Object(
    { ...AuditFilterQuery, ...AuditScopeQuery, format: Type.Optional(Type.Enum(['csv', 'json'], { default: 'csv' })) },
    { additionalProperties: false },
  ),
};

/** Written while it is read: some hundred entries are in memory, however long the record is. */
export const exportAudit: Route = (api, { audit, resolveActor }) => {
  api.get('/v1/audit/export', { schema }, async (request, reply) => {
    const { of, format = 'csv', ...filter } = request.query;
    const entries = audit.entries(scopeOf(of, resolveActor(request)), auditFilterOf(filter));
    const date = new Date().toISOString().slice(0, 10);
    reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="audit-${date}.${format}"`)
      .header('cache-control', 'no-store');
    return reply.send(Readable.from(format === 'csv' ? auditCsv(entries) : auditJson(entries)));
  });
};
