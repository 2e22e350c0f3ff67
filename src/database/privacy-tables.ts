import type { ColumnType } from 'kysely';

/** The tables of `migrations/0017-privacy.ts`: what people have agreed to, asked to have, and asked to have erased. */
export interface PrivacyTables {
  consents: ConsentTable;
  privacy_exports: PrivacyExportTable;
  erasures: ErasureTable;
  erased_objects: ErasedObjectTable;
  erasure_tombstones: ErasureTombstoneTable;
}

type Timestamp = ColumnType<Date, Date | undefined, Date>;

/** Every time that somebody gave or took back their consent; the newest of a purpose counts. */
interface ConsentTable {
  id: string;
  person_id: string;
  purpose: string;
  given: boolean;
  at: Timestamp;
}

interface PrivacyExportTable {
  id: string;
  scope: 'me' | 'tenant';
  /** Of a tenant's export. */
  tenant_id: string | null;
  /** Who asked for it; of a person's export, whom it is of. */
  person_id: string;
  status: 'queued' | 'running' | 'ready' | 'failed';
  /** Whoever makes it may be silent until then. */
  lease_until: Date | null;
  /** Where the archive is, in the object store. */
  sha256: string | null;
  size_bytes: number | null;
  created_at: Timestamp;
  finished_at: Date | null;
  /** When the archive goes. */
  expires_at: Date | null;
}

interface ErasureTable {
  id: string;
  scope: 'me' | 'tenant';
  /** Of a tenant's erasure; null once it is done. */
  tenant_id: string | null;
  /** Who asked for it; null once that person is erased. */
  person_id: string | null;
  status: 'pending' | 'running' | 'blocked' | 'done' | 'cancelled';
  lease_until: Date | null;
  requested_at: Timestamp;
  due_at: Date;
  finished_at: Date | null;
}

/** Bytes that were somebody's who is erased. */
interface ErasedObjectTable {
  sha256: string;
  /** Null: still to be removed, unless somebody else has them too. */
  erased_at: Date | null;
}

/** Who is erased, so that a copy from before can be put right: SHA-256 of `person:` or `tenant:` and the id. */
interface ErasureTombstoneTable {
  id_hash: string;
  scope: 'me' | 'tenant';
  erased_at: Timestamp;
}
