import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { ActContent, Audit, AuditEntry, AuditLog } from './audit.ts';
import { auditOutbox } from './outbox.ts';
import { listEntries, type NamelessEntry, readEntries } from './read-entries.ts';
import { sealActs } from './seal-acts.ts';
import { verifyChain, verifyChains } from './verify-chain.ts';

export interface AuditDeps {
  readonly db: Kysely<Database>;
  /** What people are called, where somebody knows. */
  readonly people: (ids: readonly string[]) => Promise<readonly { readonly id: string; readonly name: string }[]>;
}

type Actor = NonNullable<ActContent['by']>;

const namedAtOnce = 500;

/** To be written to and read. Readers wait until what was done before them has its place. */
export function createAuditTrail({ db, people }: AuditDeps): Audit & AuditLog {
  return {
    ...auditOutbox(db),
    async list(tenantId, filter) {
      await sealActs(db);
      const { items, nextCursor } = await listEntries(db, tenantId, filter);
      return { items: await named(items), nextCursor };
    },
    async *entries(tenantId, filter) {
      await sealActs(db);
      let some: NamelessEntry[] = [];
      for await (const entry of readEntries(db, tenantId, filter)) {
        some.push(entry);
        if (some.length < namedAtOnce) continue;
        yield* await named(some);
        some = [];
      }
      yield* await named(some);
    },
    async verify(tenantId, known) {
      await sealActs(db);
      return await verifyChain(db, tenantId, known);
    },
    async verifyAll() {
      await sealActs(db);
      return await verifyChains(db);
    },
  };

  /** Names are looked up and not kept: who changes theirs is found under the new one, who is gone under none. */
  async function named(entries: readonly NamelessEntry[]): Promise<AuditEntry[]> {
    const actors = entries.map(({ content }) => content?.by).filter((by) => by !== null && by !== undefined);
    const keyIds = idsOf(actors.filter(({ kind }) => kind === 'key').map(({ credentialId }) => credentialId));
    const userIds = idsOf(actors.filter(({ kind }) => kind === 'user').map(({ userId }) => userId));
    const [keys, users] = await Promise.all([
      keyIds.length === 0 ? [] : db.selectFrom('api_keys').select(['id', 'name']).where('id', 'in', keyIds).execute(),
      userIds.length === 0 ? [] : people(userIds),
    ]);
    const names = new Map([...keys, ...users].map(({ id, name }) => [id, name]));
    const nameOf = (by: Actor) => names.get(by.kind === 'key' ? by.credentialId : by.userId) ?? null;
    return entries.map((entry) => ({ ...entry, byName: entry.content?.by ? nameOf(entry.content.by) : null }));
  }
}

function idsOf(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
