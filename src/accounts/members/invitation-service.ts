import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { AccessDeps } from '../access-deps.ts';
import { type Acting, actOf } from '../acting.ts';
import type { Permission } from '../permissions.ts';
import { randomText, secretHash } from '../random-text.ts';
import { checkCovers, countRows, findRole, holdTenant } from '../roles/role-permissions.ts';
import { emailAddress } from './email-address.ts';
import type { Invitations } from './membership.ts';
import { addMember, checkRoom, membershipsOf } from './membership-service.ts';

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** One that has just been made: nobody can read the token again. */
export interface NewInvitation extends Invitation {
  readonly token: string;
}

export interface TenantInvitations extends Invitations {
  /** Those that are open, newest first. */
  list(tenantId: string): Promise<Invitation[]>;
  /**
   * The same address again: the new invitation takes the place of the one before.
   *
   * @throws AppError INVALID_PARAMETERS, ROLE_NOT_FOUND, FORBIDDEN when the role has more than they do, INVITATION_LIMIT
   */
  create(by: Acting, invited: { readonly email: string; readonly role: string }): Promise<NewInvitation>;
  /** The same for another tenant, as whoever runs the server. */
  createFor(tenantId: string, by: Acting, invited: Invited): Promise<NewInvitation>;
  /** @throws AppError INVITATION_NOT_FOUND */
  revoke(by: Acting, id: string): Promise<void>;
}

interface Invited {
  readonly email: string;
  readonly role: string;
}

export interface InvitationOptions {
  readonly maxOpen?: number;
  readonly maxMembers?: number;
  /** Takes the link to whom it is for; does not wait for it to arrive. */
  readonly send?: SendInvitation | undefined;
}

export type SendInvitation = (invitation: {
  readonly email: string;
  readonly tenantName: string;
  readonly token: string;
  /** Who invites. */
  readonly userId: string;
}) => void;

/** 256 bits. */
const tokenLength = 43;
const tokenPattern = new RegExp(`^[0-9A-Za-z]{${tokenLength}}$`);
const validity = sql<Date>`now() + interval '7 days'`;

export function createInvitations(
  { db, tenantDb, fanOut, audit }: AccessDeps,
  { maxOpen = 200, maxMembers = 1_000, send }: InvitationOptions = {},
): TenantInvitations {
  async function findOpen(token: string) {
    if (!tokenPattern.test(token)) return undefined;
    const row = await db
      .selectFrom('invitations')
      .innerJoin('tenants', 'tenants.id', 'invitations.tenant_id')
      .selectAll('invitations')
      .select('tenants.name as tenant_name')
      .where('token_hash', '=', secretHash(token))
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    return row !== undefined && (await isStillGranted(row)) ? row : undefined;
  }

  /** Who invited may have left since, or may have lost what they gave. */
  async function isStillGranted(row: { tenant_id: string; role: string; granted_by: string | null }): Promise<boolean> {
    const { tenant_id: tenantId, role, granted_by: granter } = row;
    const asked = await tenantDb.run(tenantId, (trx) => findRole(trx, tenantId, role)).catch(() => undefined);
    if (asked === undefined) return false;
    if (granter === null) return true;
    const held = (await membershipsOf(db, granter)).find((membership) => membership.tenantId === tenantId);
    return asked.every((permission) => held?.permissions.includes(permission));
  }

  async function create(
    tenantId: string,
    by: Acting,
    invited: Invited,
    held: ReadonlySet<Permission> | undefined,
  ): Promise<NewInvitation> {
    const { principal } = by;
    const email = emailAddress(invited.email);
    const token = randomText(tokenLength);
    const { row, name } = await tenantDb.run(tenantId, async (trx) => {
      const asked = await findRole(trx, tenantId, invited.role);
      if (held !== undefined) checkCovers(held, asked, `The role ${invited.role}`);
      const { name } = await holdTenant(trx, tenantId);
      await checkOpen(trx, tenantId, email);
      const made = await trx
        .insertInto('invitations')
        .values({
          id: newId(),
          tenant_id: tenantId,
          email,
          role: invited.role,
          token_hash: secretHash(token),
          // Those who run the server answer for themselves.
          granted_by: held === undefined || principal.kind === 'local' ? null : principal.userId,
          expires_at: validity,
          created_by: principal.userId,
          updated_by: principal.userId,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await audit.record(
        actOf(
          by,
          'member.invited',
          { kind: 'invitation', id: made.id },
          { tenantId, after: { email, role: made.role } },
        ),
        trx,
      );
      return { row: made, name };
    });
    send?.({ email, tenantName: name, token, userId: principal.userId });
    return { ...toInvitation(row), token };
  }

  /** Makes room: what is over, and the one that the new one replaces. */
  async function checkOpen(trx: Transaction<Database>, tenantId: string, email: string): Promise<void> {
    await trx
      .deleteFrom('invitations')
      .where('tenant_id', '=', tenantId)
      .where((eb) => eb.or([eb('email', '=', email), eb('expires_at', '<=', sql<Date>`now()`)]))
      .execute();
    if ((await countRows(trx, 'invitations', tenantId)) < maxOpen) return;
    throw new AppError('INVITATION_LIMIT', `There are ${maxOpen} open invitations, the limit. Take back some of them.`);
  }

  return {
    async find(token) {
      const row = await findOpen(token);
      return row && { email: row.email, tenantId: row.tenant_id, tenantName: row.tenant_name, role: row.role };
    },

    async accept(token, user) {
      const open = await findOpen(token);
      if (open === undefined) throw noInvitation();
      if (emailAddress(user.email) !== open.email) {
        throw new AppError('FORBIDDEN', 'This invitation is for another e-mail address. Sign in with that one.');
      }
      await checkRoom(db, user.id);
      const { tenant_id: tenantId, role } = open;
      await tenantDb.run(tenantId, async (trx) => {
        await holdTenant(trx, tenantId);
        const used = await trx
          .deleteFrom('invitations')
          .where('tenant_id', '=', tenantId)
          .where('token_hash', '=', open.token_hash)
          .returning('id')
          .executeTakeFirst();
        if (used === undefined) throw noInvitation();
        if ((await countRows(trx, 'members', tenantId)) >= maxMembers) {
          throw new AppError('MEMBER_LIMIT', `There are ${maxMembers} members, the limit.`);
        }
        if (!(await addMember(trx, { tenantId, userId: user.id, role, by: open.created_by }))) return;
        await audit.record(
          {
            tenantId,
            by: { kind: 'user', userId: user.id, credentialId: used.id },
            action: 'member.joined',
            subject: { kind: 'member', id: user.id },
            after: { email: open.email, role },
          },
          trx,
        );
      });
      fanOut.tell('access-changed', [user.id]);
    },

    list: (tenantId) =>
      tenantDb.run(tenantId, async (trx) => {
        const rows = await trx
          .selectFrom('invitations')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where('expires_at', '>', sql<Date>`now()`)
          .orderBy('id', 'desc')
          .limit(maxOpen)
          .execute();
        return rows.map(toInvitation);
      }),

    create: (by, invited) => create(by.principal.tenantId, by, invited, by.principal.permissions),
    createFor: (tenantId, by, invited) => create(tenantId, by, invited, undefined),

    async revoke(by, id) {
      const { tenantId } = by.principal;
      await tenantDb.run(tenantId, async (trx) => {
        const gone = isId(id)
          ? await trx
              .deleteFrom('invitations')
              .where('tenant_id', '=', tenantId)
              .where('id', '=', id)
              .returning(['email', 'role'])
              .executeTakeFirst()
          : undefined;
        if (gone === undefined) throw noInvitation();
        const { email, role } = gone;
        await audit.record(
          actOf(by, 'invitation.revoked', { kind: 'invitation', id }, { before: { email, role } }),
          trx,
        );
      });
    },
  };
}

function toInvitation(
  row: Pick<Selectable<Database['invitations']>, 'id' | 'email' | 'role' | 'created_at' | 'expires_at'>,
): Invitation {
  const { id, email, role } = row;
  return { id, email, role, createdAt: row.created_at, expiresAt: row.expires_at };
}

function noInvitation(): AppError {
  return new AppError(
    'INVITATION_NOT_FOUND',
    'The invitation was used or taken back, or is too old. Ask for a new one.',
  );
}
