import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { actOf } from '#accounts/acting.ts';
import type { Plans } from '#accounts/plans/plan.ts';
import { noTenantId, type Principal } from '#accounts/principal.ts';
import type { Audit } from '#audit/audit.ts';
import { inTransaction, isUniqueViolation } from '#database/contention.ts';
import type { PrivacyTables } from '#database/privacy-tables.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkMayLeave } from './last-owner.ts';
import { type Erasure, exportDays, type Privacy, type PrivacyExport, type Scope } from './privacy.ts';

export interface PrivacyDeps {
  readonly db: Kysely<Database>;
  readonly audit: Audit;
  readonly plans: Plans;
  /** What holds where neither a workspace nor its plan says something else; null: for ever. */
  readonly resultTtlSeconds: number | null;
  readonly auditRetentionDays: number | null;
  readonly erasureGraceMs: number;
}

const dayMs = 86_400_000;
const maxConsents = 1_000;
/** A new one takes the place of the oldest. */
const maxExports = 3;
const shownErasures = 20;

export function createPrivacy(deps: PrivacyDeps): Privacy {
  const { db, audit, plans, resultTtlSeconds, auditRetentionDays, erasureGraceMs } = deps;

  return {
    async overview(actor) {
      const mayAll = mayForTenant(actor);
      const [consents, exports, erasures, tenant] = await Promise.all([
        db
          .selectFrom('consents')
          .distinctOn('purpose')
          .select(['purpose', 'given', 'at'])
          .where('person_id', '=', actor.userId)
          .orderBy('purpose')
          .orderBy('at', 'desc')
          .orderBy('id', 'desc')
          .execute(),
        db.selectFrom('privacy_exports').selectAll().where(visible(actor, mayAll)).orderBy('id', 'desc').execute(),
        db
          .selectFrom('erasures')
          .selectAll()
          .where(visible(actor, mayAll))
          .orderBy('id', 'desc')
          .limit(shownErasures)
          .execute(),
        db.selectFrom('tenants').select('result_ttl_seconds').where('id', '=', actor.tenantId).executeTakeFirst(),
      ]);
      const { plan } = await plans.of(actor.tenantId);
      const ttl = tenant?.result_ttl_seconds ?? plan.retentionSeconds ?? resultTtlSeconds;
      return {
        consents,
        exports: exports.map(toExport),
        erasures: erasures.map(toErasure),
        retention: {
          resultTtlSeconds: ttl || null,
          auditRetentionDays: plan.auditRetentionDays ?? auditRetentionDays,
          exportDays,
          erasureGraceDays: erasureGraceMs / dayMs,
        },
      };
    },

    async consent(actor, purpose, given, origin) {
      return await inTransaction(db, async (trx) => {
        const before = await trx
          .selectFrom('consents')
          .select(['purpose', 'given', 'at'])
          .where('person_id', '=', actor.userId)
          .where('purpose', '=', purpose)
          .orderBy('at', 'desc')
          .orderBy('id', 'desc')
          .executeTakeFirst();
        if (before?.given === given) return before;
        const { count } = await trx
          .selectFrom('consents')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('person_id', '=', actor.userId)
          .executeTakeFirstOrThrow();
        if (count >= maxConsents) {
          throw new AppError(
            'INVALID_PARAMETERS',
            `Consent was changed ${maxConsents} times; it cannot be more often.`,
          );
        }
        const row = { id: newId(), person_id: actor.userId, purpose, given, at: new Date() };
        await trx.insertInto('consents').values(row).execute();
        await audit.record(
          actOf(
            { principal: actor, origin },
            given ? 'consent.given' : 'consent.withdrawn',
            { kind: 'purpose', id: purpose },
            {
              ...(before && { before: { given: before.given } }),
              after: { given },
            },
          ),
          trx,
        );
        return { purpose, given, at: row.at };
      });
    },

    async requestExport(actor, of, origin) {
      checkScope(actor, of);
      return await inTransaction(db, async (trx) => {
        const kept = await trx
          .selectFrom('privacy_exports')
          .selectAll()
          .where(sameSubject(actor, of))
          .orderBy('id', 'desc')
          .forUpdate()
          .execute();
        const underWay = kept.find(({ status }) => status === 'queued' || status === 'running');
        if (underWay !== undefined) return toExport(underWay);
        for (const { id } of kept.slice(maxExports - 1)) await removeExport(trx, id);
        const values = {
          id: newId(),
          scope: of,
          tenant_id: of === 'tenant' ? actor.tenantId : null,
          person_id: actor.userId,
          status: 'queued',
        } as const;
        const row = await trx.insertInto('privacy_exports').values(values).returningAll().executeTakeFirstOrThrow();
        await audit.record(
          actOf({ principal: actor, origin }, 'export.requested', { kind: 'export', id: row.id }, { after: { of } }),
          trx,
        );
        return toExport(row);
      });
    },

    export: async (actor, id) => toExport(await findExport(actor, id)),

    async archive(actor, id, origin) {
      const { scope, sha256, size_bytes, created_at, status } = await findExport(actor, id);
      if (sha256 === null || size_bytes === null) {
        const what =
          status === 'failed' ? 'could not be made; ask for a new one' : 'is being made; try again in a minute';
        throw new AppError('EXPORT_NOT_READY', `The copy ${what}.`);
      }
      await audit.record(
        actOf({ principal: actor, origin }, 'export.downloaded', { kind: 'export', id }, { after: { of: scope } }),
      );
      return { sha256, sizeBytes: size_bytes, of: scope, createdAt: created_at };
    },

    async requestErasure(actor, of, confirm, origin) {
      checkScope(actor, of);
      await checkConfirmation(actor, of, confirm);
      try {
        return await inTransaction(db, async (trx) => {
          if (of === 'me') await checkMayLeave(trx, actor);
          const values = {
            id: newId(),
            scope: of,
            tenant_id: of === 'tenant' ? actor.tenantId : null,
            person_id: actor.userId,
            status: 'pending',
            due_at: new Date(Date.now() + erasureGraceMs),
          } as const;
          const there = await trx
            .selectFrom('erasures')
            .select('id')
            .where(sameSubject(actor, of))
            .where('status', 'in', ['pending', 'running', 'blocked'])
            .executeTakeFirst();
          if (there !== undefined) throw alreadyAsked();
          const row = await trx.insertInto('erasures').values(values).returningAll().executeTakeFirstOrThrow();
          const dueAt = row.due_at.toISOString();
          await audit.record(
            actOf(
              { principal: actor, origin },
              'erasure.requested',
              { kind: 'erasure', id: row.id },
              { after: { of, dueAt } },
            ),
            trx,
          );
          return toErasure(row);
        });
      } catch (error) {
        throw isUniqueViolation(error) ? alreadyAsked() : error;
      }
    },

    async callOff(actor, id, origin) {
      await inTransaction(db, async (trx) => {
        const row = isId(id)
          ? await trx
              .selectFrom('erasures')
              .select(['status', 'scope'])
              .where('id', '=', id)
              .where(visible(actor, mayForTenant(actor)))
              .forUpdate()
              .executeTakeFirst()
          : undefined;
        if (row === undefined || row.status === 'cancelled') throw erasureNotFound();
        if (row.status !== 'pending' && row.status !== 'blocked') {
          throw new AppError('ERASURE_UNDER_WAY', 'The erasure has begun and can no longer be called off.');
        }
        await trx
          .updateTable('erasures')
          .set({ status: 'cancelled', finished_at: new Date() })
          .where('id', '=', id)
          .execute();
        await audit.record(
          actOf(
            { principal: actor, origin },
            'erasure.cancelled',
            { kind: 'erasure', id },
            { after: { of: row.scope } },
          ),
          trx,
        );
      });
    },
  };

  async function findExport(actor: Principal, id: string): Promise<Selectable<PrivacyTables['privacy_exports']>> {
    const row = isId(id)
      ? await db
          .selectFrom('privacy_exports')
          .selectAll()
          .where('id', '=', id)
          .where(visible(actor, mayForTenant(actor)))
          .executeTakeFirst()
      : undefined;
    if (row !== undefined) return row;
    throw new AppError('EXPORT_NOT_FOUND', 'There is no such copy, or not any more. Ask for a new one.');
  }

  /** Whoever types it means it. */
  async function checkConfirmation(actor: Principal, of: Scope, confirm: string): Promise<void> {
    const row =
      of === 'tenant'
        ? await db.selectFrom('tenants').select('name as text').where('id', '=', actor.tenantId).executeTakeFirst()
        : await db.selectFrom('people').select('email as text').where('id', '=', actor.userId).executeTakeFirst();
    if (row === undefined) {
      throw new AppError(
        'FORBIDDEN',
        'Nobody signs in here, so there is no person to erase. Erase the workspace instead.',
      );
    }
    if (row.text.toLowerCase() === confirm.trim().toLowerCase()) return;
    const what = of === 'tenant' ? 'the name of the workspace' : 'your address';
    throw new AppError('INVALID_PARAMETERS', `confirm must be ${what}, as it is written here.`);
  }
}

/** What its bytes are is written down, so that they go at once. */
export async function removeExport(trx: Transaction<Database>, id: string): Promise<void> {
  await sql`
    with gone as (delete from privacy_exports where id = ${id} returning sha256)
    insert into erased_objects (sha256) select sha256 from gone where sha256 is not null
    on conflict (sha256) do update set erased_at = null`.execute(trx);
}

function mayForTenant({ tenantId, permissions }: Principal): boolean {
  return tenantId !== noTenantId && permissions.has('privacy:write');
}

function checkScope(actor: Principal, of: Scope): void {
  if (of === 'me' || mayForTenant(actor)) return;
  throw new AppError('FORBIDDEN', 'Only an owner may do this for the whole workspace.', {
    extensions: { permission: 'privacy:write' },
  });
}

function visible({ tenantId, userId }: Principal, mayAll: boolean) {
  const own = sql<boolean>`scope = 'me' and person_id = ${userId}`;
  return mayAll ? sql<boolean>`(${own} or scope = 'tenant' and tenant_id = ${tenantId})` : own;
}

function sameSubject({ tenantId, userId }: Principal, of: Scope) {
  return of === 'tenant'
    ? sql<boolean>`scope = 'tenant' and tenant_id = ${tenantId}`
    : sql<boolean>`scope = 'me' and person_id = ${userId}`;
}

function alreadyAsked(): AppError {
  return new AppError('ERASURE_UNDER_WAY', 'This erasure was asked for already. GET /v1/privacy says when it is due.');
}

function erasureNotFound(): AppError {
  return new AppError(
    'ERASURE_NOT_FOUND',
    'There is no such erasure, or it was called off. GET /v1/privacy lists them.',
  );
}

function toExport(row: Selectable<PrivacyTables['privacy_exports']>): PrivacyExport {
  const { id, scope, status, created_at, expires_at, size_bytes } = row;
  return { id, of: scope, status, createdAt: created_at, expiresAt: expires_at, sizeBytes: size_bytes };
}

function toErasure({ id, scope, status, due_at }: Selectable<PrivacyTables['erasures']>): Erasure {
  return { id, of: scope, status, dueAt: due_at };
}
