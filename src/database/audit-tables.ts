import type { ColumnType, Generated } from 'kysely';

/** The tables of `migrations/0016-audit.ts`: what was done, by whom, in an order that nobody can change unseen. */
export interface AuditTables {
  audit_outbox: AuditOutboxTable;
  audit_entries: AuditEntryTable;
  audit_chains: AuditChainTable;
}

type Timestamp = ColumnType<Date, Date | undefined, Date>;

/** Acts that were committed with what they tell of, and have no place in a chain yet. */
interface AuditOutboxTable {
  /** Roughly the order in which they happened. */
  number: Generated<number>;
  id: string;
  /** Null: the act is about the server itself. */
  tenant_id: string | null;
  at: Timestamp;
  action: string;
  /** What else is known, as canonical JSON. */
  content: string;
}

interface AuditEntryTable {
  /** The tenant; of acts about the server itself, the id that no tenant has. */
  chain: string;
  /** 1 and up, without gaps. */
  number: number;
  id: string;
  tenant_id: string | null;
  at: Date;
  action: string;
  /** Who did it, again as in the content: to be searched. */
  by_id: string | null;
  /** Canonical JSON; null when a person's data was erased from it. */
  content: string | null;
  /** Random, and goes with the content: without it nobody can try out what the hash may be of. */
  salt: string | null;
  /** SHA-256 of salt and content, hexadecimal; stays when they go. */
  content_hash: string;
  /** SHA-256 of everything above and of the hash of the entry before. */
  hash: string;
}

/** Where a chain ends, and where it begins since its oldest entries were given up. */
interface AuditChainTable {
  chain: string;
  number: Generated<number>;
  hash: string;
  first_number: Generated<number>;
  /** The hash that the first entry builds on. */
  first_hash: string;
}
