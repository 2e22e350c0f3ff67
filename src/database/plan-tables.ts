import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | undefined, Date>;

/** What tenants may use and what they have used, as migration 0014 keeps it. */
export interface PlanTables {
  plans: PlanTable;
  usage_records: UsageRecordTable;
  usage_days: UsageDayTable;
  stored_changes: StoredChangeTable;
  stored_objects: StoredObjectTable;
  stored_totals: StoredTotalTable;
  storage_reservations: StorageReservationTable;
}

/** Of a tenant. */
export interface PlanColumns {
  plan_id: Generated<string>;
  status: Generated<'active' | 'suspended'>;
}

/** Null: as much as the server can. */
interface PlanTable {
  id: string;
  name: string;
  requests_per_minute: number | null;
  jobs_per_minute: number | null;
  concurrent_jobs: number | null;
  stored_bytes: number | null;
  upload_bytes: number | null;
  images_per_month: number | null;
  audio_minutes_per_month: number | null;
  retention_seconds: number | null;
  audit_retention_days: number | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** A job that has been done, until it is added to its day. Triggers write it. */
interface UsageRecordTable {
  job_id: string;
  tenant_id: string;
  ended_at: Timestamp;
  images: number;
  audio_seconds: number;
}

interface UsageDayTable {
  tenant_id: string;
  /** Of UTC: `2026-11-21`. */
  day: string;
  images: number;
  audio_seconds: number;
  jobs: number;
}

/** What has begun or ceased to refer to an object, until it is added up. Triggers write it. */
interface StoredChangeTable {
  id: Generated<number>;
  tenant_id: string;
  sha256: string;
  size_bytes: number;
  delta: number;
}

/** Every object that a tenant's rows refer to, and how many do. */
interface StoredObjectTable {
  tenant_id: string;
  sha256: string;
  size_bytes: number;
  refs: number;
}

interface StoredTotalTable {
  tenant_id: string;
  size_bytes: number;
}

/** Room that is held for an upload which is on its way; its asset has its id. */
interface StorageReservationTable {
  id: string;
  tenant_id: string;
  size_bytes: number;
  expires_at: Date;
}
