import { type Selectable, sql } from 'kysely';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { AccessDeps } from '../access-deps.ts';
import { type Acting, actOf } from '../acting.ts';
import type { Identity } from '../identity/identity.ts';
import { emailAddress } from '../members/email-address.ts';
import type { NewInvitation, TenantInvitations } from '../members/invitation-service.ts';
import type { Memberships } from '../members/membership.ts';
import { nameText } from '../name-text.ts';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** How long finished jobs are kept, 0 for ever; null: as long as the plan or the configuration says. */
  readonly resultTtlSeconds: number | null;
  readonly createdAt: Date;
}

export interface NewTenant {
  readonly tenant: Tenant;
  /** For an owner who has no account yet; undefined when they are a member already. */
  readonly invitation: NewInvitation | undefined;
}

/** The workspaces themselves. */
export interface Tenants {
  /** @throws AppError TENANT_NOT_FOUND */
  get(id: string): Promise<Tenant>;
  /** Newest first, of all the server. */
  list(page: {
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<{ items: Tenant[]; nextCursor: string | null }>;
  /** @throws AppError INVALID_PARAMETERS, TENANT_LIMIT */
  create(by: Acting, request: { readonly name: string; readonly ownerEmail: string }): Promise<NewTenant>;
  /** @throws AppError TENANT_NOT_FOUND, INVALID_PARAMETERS */
  update(by: Acting, id: string, changes: TenantChanges): Promise<Tenant>;
}

export interface TenantChanges {
  readonly name?: string | undefined;
  readonly resultTtlSeconds?: number | null | undefined;
}

export interface TenantServiceDeps extends AccessDeps {
  readonly memberships: Memberships;
  readonly invitations: TenantInvitations;
  readonly identity: Pick<Identity, 'byEmail'>;
}

const maxNameLength = 100;

export function createTenants(deps: TenantServiceDeps): Tenants {
  const { db, tenantDb, fanOut, audit, memberships, invitations, identity } = deps;

  async function get(id: string): Promise<Tenant> {
    const row = isId(id)
      ? await tenantDb.run(id, (trx) => trx.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst())
      : undefined;
    if (row === undefined) throw noTenant();
    return toTenant(row);
  }

  /** Until its owner has accepted, nobody belongs to it. */
  async function createWithout(name: string, by: Acting): Promise<string> {
    const id = newId();
    const { userId } = by.principal;
    await db.transaction().execute(async (trx) => {
      await trx.insertInto('tenants').values({ id, name, created_by: userId, updated_by: userId }).execute();
      const subject = { kind: 'tenant', id };
      await audit.record(actOf(by, 'tenant.created', subject, { tenantId: id, after: { name } }), trx);
    });
    return id;
  }

  return {
    get,

    async list({ limit, cursor }) {
      let query = db.selectFrom('tenants').selectAll();
      if (cursor !== undefined) query = query.where('id', '<', afterCursor(cursor, isId));
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit).map(toTenant);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last.id) : null };
    },

    async create(by, request) {
      const name = nameText('name', request.name, maxNameLength);
      const email = emailAddress(request.ownerEmail);
      const owner = await identity.byEmail(email);
      if (owner !== undefined) {
        const id = await memberships.found(name, owner.id, { by });
        return { tenant: await get(id), invitation: undefined };
      }
      const id = await createWithout(name, by);
      const invitation = await invitations.createFor(id, by, { email, role: 'owner' });
      return { tenant: await get(id), invitation };
    },

    async update(by, id, { name, resultTtlSeconds }) {
      if (!isId(id)) throw noTenant();
      const changes = {
        ...(name !== undefined && { name: nameText('name', name, maxNameLength) }),
        ...(resultTtlSeconds !== undefined && { result_ttl_seconds: resultTtlSeconds }),
      };
      const tenant = await tenantDb.run(id, async (trx) => {
        const before = await trx.selectFrom('tenants').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
        if (before === undefined) throw noTenant();
        const after = await trx
          .updateTable('tenants')
          .set({ ...changes, updated_by: by.principal.userId, updated_at: sql<Date>`now()` })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        await audit.record(
          actOf(
            by,
            'tenant.changed',
            { kind: 'tenant', id },
            { tenantId: id, before: shown(before), after: shown(after) },
          ),
          trx,
        );
        return toTenant(after);
      });
      fanOut.tell('access-changed', [id]);
      return tenant;
    },
  };
}

type TenantRow = Selectable<Database['tenants']>;

function toTenant(row: TenantRow): Tenant {
  return { id: row.id, name: row.name, resultTtlSeconds: row.result_ttl_seconds, createdAt: row.created_at };
}

function shown({ name, result_ttl_seconds: resultTtlSeconds }: TenantRow): Record<string, unknown> {
  return { name, resultTtlSeconds };
}

function noTenant(): AppError {
  return new AppError('TENANT_NOT_FOUND', 'There is no such workspace. Choose one of those that you belong to.');
}
