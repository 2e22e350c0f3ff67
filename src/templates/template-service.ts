import type { Transaction } from 'kysely';
import { isUniqueViolation } from '#database/contention.ts';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { hasRow, lockTenant } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import { checkTemplate, type TemplateDocument } from '#processors/shared/template/template.ts';
import type { Template, Templates } from './template.ts';

const maxDocumentBytes = 64 * 1024;

export interface TemplateLimits {
  /** In one tenant. */
  readonly templates: number;
  /** Of one template. */
  readonly versions: number;
}

export interface TemplateServiceDeps {
  readonly tenantDb: TenantDatabase;
  /** Default 1,000 of each. */
  readonly limits?: TemplateLimits;
}

export function createTemplates({
  tenantDb,
  limits = { templates: 1_000, versions: 1_000 },
}: TemplateServiceDeps): Templates {
  return {
    async create(actor, sent) {
      const { name, document } = checked(sent);
      return saving(name, () =>
        tenantDb.run(actor.tenantId, async (trx) => {
          await checkRoom(trx, actor, limits.templates);
          const id = newId();
          const audit = { created_by: actor.userId, updated_by: actor.userId };
          await trx
            .insertInto('templates')
            .values({ id, tenant_id: actor.tenantId, owner_id: actor.userId, name, version: 1, ...audit })
            .execute();
          return addVersion(trx, actor, { id, name, version: 1, document });
        }),
      );
    },

    async get(actor, id, version) {
      if (!isId(id)) throw notFound();
      const row = await tenantDb.run(actor.tenantId, (trx) => {
        const query = selectVersions(trx, actor).where('templates.id', '=', id);
        return (
          version === undefined
            ? query.whereRef('template_versions.version', '=', 'templates.version')
            : query.where('template_versions.version', '=', version)
        ).executeTakeFirst();
      });
      if (row === undefined) throw notFound();
      return toTemplate(row);
    },

    async list(actor, { cursor, limit }) {
      const rows = await tenantDb.run(actor.tenantId, (trx) => {
        let query = selectVersions(trx, actor).whereRef('template_versions.version', '=', 'templates.version');
        if (cursor !== undefined) query = query.where('templates.id', '<', afterCursor(cursor, isId));
        return query
          .orderBy('templates.id', 'desc')
          .limit(limit + 1)
          .execute();
      });
      return pageOf(rows, limit, (last) => last.id);
    },

    async versions(actor, id, { cursor, limit }) {
      if (!isId(id)) throw notFound();
      const rows = await tenantDb.run(actor.tenantId, (trx) => {
        let query = selectVersions(trx, actor).where('templates.id', '=', id);
        if (cursor !== undefined) {
          query = query.where('template_versions.version', '<', Number(afterCursor(cursor, isVersion)));
        }
        return query
          .orderBy('template_versions.version', 'desc')
          .limit(limit + 1)
          .execute();
      });
      if (rows.length === 0 && cursor === undefined) throw notFound();
      return pageOf(rows, limit, (last) => String(last.version));
    },

    async update(actor, id, sent, expected) {
      const { name, document } = checked(sent);
      return saving(name, () =>
        tenantDb.run(actor.tenantId, async (trx) => {
          const newest = await lockNewest(trx, actor, id);
          if (expected !== undefined && newest.version !== expected) throw changed(newest.version, expected);
          if (hashOfJson(newest.document) === hashOfJson(document)) return toTemplate(newest);
          if (newest.version >= limits.versions) throw tooMany(`The template has ${limits.versions} versions`);
          const version = newest.version + 1;
          const changes = { name, version, updated_at: new Date(), updated_by: actor.userId };
          await trx.updateTable('templates').set(changes).where('id', '=', id).execute();
          return addVersion(trx, actor, { id, name, version, document });
        }),
      );
    },

    async remove(actor, id) {
      if (!isId(id)) throw notFound();
      const { numDeletedRows } = await tenantDb.run(actor.tenantId, (trx) =>
        trx
          .deleteFrom('templates')
          .where('id', '=', id)
          .where('tenant_id', '=', actor.tenantId)
          .executeTakeFirstOrThrow(),
      );
      if (numDeletedRows === 0n) throw notFound();
    },
  };
}

/** The document, and the name under which it is found: spaces around it do not make it another. */
function checked(sent: unknown): { readonly name: string; readonly document: TemplateDocument } {
  checkStorable('The template', sent, maxDocumentBytes);
  const document = checkTemplate(sent);
  const name = document.name.normalize('NFC').trim();
  if (name === '') throw new AppError('TEMPLATE_INVALID', 'The template’s name is empty. Give it one.');
  return { name, document };
}

function selectVersions(trx: Transaction<Database>, actor: Actor) {
  return trx
    .selectFrom('templates')
    .innerJoin('template_versions', 'template_versions.template_id', 'templates.id')
    .select(['templates.id', 'template_versions.version', 'document', 'template_versions.created_at'])
    .where('templates.tenant_id', '=', actor.tenantId);
}

type VersionRow = Awaited<ReturnType<ReturnType<typeof selectVersions>['executeTakeFirstOrThrow']>>;

function toTemplate({ id, version, document, created_at }: VersionRow): Template {
  const kept = document as TemplateDocument;
  return { id, name: kept.name, version, document: kept, updatedAt: created_at };
}

function pageOf(rows: readonly VersionRow[], limit: number, keyOf: (last: Template) => string) {
  const items = rows.slice(0, limit).map(toTemplate);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : cursorOf(keyOf(last)) };
}

/** Whoever saves next waits here. */
async function lockNewest(trx: Transaction<Database>, actor: Actor, id: string): Promise<VersionRow> {
  if (!(await hasRow(trx, 'templates', actor.tenantId, id))) throw notFound();
  return selectVersions(trx, actor)
    .where('templates.id', '=', id)
    .whereRef('template_versions.version', '=', 'templates.version')
    .executeTakeFirstOrThrow();
}

async function addVersion(
  trx: Transaction<Database>,
  actor: Actor,
  { id, version, document }: Omit<Template, 'updatedAt'>,
): Promise<Template> {
  const row = await trx
    .insertInto('template_versions')
    .values({ template_id: id, version, document: JSON.stringify(document), created_by: actor.userId })
    .returning('created_at')
    .executeTakeFirstOrThrow();
  return toTemplate({ id, version, document, created_at: row.created_at });
}

async function checkRoom(trx: Transaction<Database>, actor: Actor, limit: number): Promise<void> {
  await lockTenant(trx, actor.tenantId);
  const { count } = await trx
    .selectFrom('templates')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', actor.tenantId)
    .executeTakeFirstOrThrow();
  if (count >= limit) throw tooMany(`There are ${limit} templates already`);
}

async function saving(name: string, save: () => Promise<Template>): Promise<Template> {
  try {
    return await save();
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    const detail = `There is a template "${name}" already. Choose another name, or change that one.`;
    throw new AppError('TEMPLATE_NAME_TAKEN', detail, { cause });
  }
}

function isVersion(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}

function notFound(): AppError {
  return new AppError('TEMPLATE_NOT_FOUND', 'There is no template with this id and version. It may have been removed.');
}

function changed(version: number, expected: number): AppError {
  const detail = `The change was made on version ${expected}; the newest is ${version}. Read it, and change that one.`;
  return new AppError('TEMPLATE_CHANGED', detail, { extensions: { version } });
}

function tooMany(what: string): AppError {
  return new AppError('TEMPLATE_LIMIT', `${what}, which is as many as there may be. Remove some first.`);
}
