import { type Static, Type } from 'typebox';
import type { Principal } from '#accounts/principal.ts';
import type { AuditEntry, AuditFilter } from '#audit/audit.ts';
import { AppError } from '#kernel/errors.ts';

const Details = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

export const AuditEntrySchema = Type.Object({
  id: Type.String(),
  number: Type.Integer({ description: 'Its place in the chain.' }),
  at: Type.String({ format: 'date-time' }),
  action: Type.String({ description: 'Subject first: `member.invited`.' }),
  by: Type.Union(
    [
      Type.Object({
        kind: Type.String({ description: '`user`, `key`, `token` or `local`.' }),
        id: Type.String(),
        name: Type.Union([Type.String(), Type.Null()]),
      }),
      Type.Null(),
    ],
    { description: 'Null: the program itself, or a person whose data was erased.' },
  ),
  subject: Type.Union([Type.Object({ kind: Type.String(), id: Type.String() }), Type.Null()]),
  before: Details,
  after: Details,
  origin: Type.Union([
    Type.Object({
      ip: Type.Optional(Type.String()),
      userAgent: Type.Optional(Type.String()),
      requestId: Type.Optional(Type.String()),
    }),
    Type.Null(),
  ]),
  erased: Type.Boolean({ description: 'A person’s data was erased from it; that it happened stays on record.' }),
});

export type AuditEntryJson = Static<typeof AuditEntrySchema>;

export function toAuditJson({ id, number, at, action, content, byName }: AuditEntry): AuditEntryJson {
  const { by = null, subject = null, before = null, after = null, origin = null } = content ?? {};
  return {
    id,
    number,
    at: at.toISOString(),
    action,
    by: by && { kind: by.kind, id: by.kind === 'key' ? by.credentialId : by.userId, name: byName },
    subject,
    before,
    after,
    // As it was written: members that were undefined are not there.
    origin: origin as AuditEntryJson['origin'],
    erased: content === undefined,
  };
}

export const AuditFilterQuery = {
  action: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: '`member.invited`, or `member` for all of its kind.' }),
  ),
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'The id of a user or of a key.' })),
  from: Type.Optional(Type.String({ format: 'date-time' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Not included.' })),
};

const filterQuery = Type.Object(AuditFilterQuery);

/** @throws AppError INVALID_PARAMETERS for a moment that is none */
export function auditFilterOf({ action, by, from, to }: Static<typeof filterQuery>): AuditFilter {
  return {
    action,
    by,
    from: from === undefined ? undefined : momentOf(from),
    to: to === undefined ? undefined : momentOf(to),
  };
}

/** Whose record is asked for: the workspace's, or the server's own. */
export const AuditScopeQuery = {
  of: Type.Optional(
    Type.Enum(['tenant', 'server'], { default: 'tenant', description: '`server` is for those who run it.' }),
  ),
};

/** @throws AppError FORBIDDEN */
export function scopeOf(of: 'tenant' | 'server' | undefined, actor: Principal): string | null {
  if (of !== 'server') return actor.tenantId;
  checkOperator(actor);
  return null;
}

/** @throws AppError FORBIDDEN */
export function checkOperator(actor: Principal): void {
  if (actor.permissions.has('instance:read')) return;
  throw new AppError('FORBIDDEN', 'The record of the server itself is for those who run it.', {
    extensions: { permission: 'instance:read' },
  });
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new AppError('INVALID_PARAMETERS', `${text} is no moment; write it as 2026-01-31T12:00:00Z.`);
}
