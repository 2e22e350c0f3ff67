import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { AccessTables } from './access-tables.ts';
import type { AuditTables } from './audit-tables.ts';
import type { IdentityTables } from './identity-tables.ts';
import type { LimitTables } from './limit-tables.ts';
import type { PlanColumns, PlanTables } from './plan-tables.ts';
import type { PrivacyTables } from './privacy-tables.ts';

/**
 * The tables as Kysely sees them. `migrations/` creates them; a test compares the two on both engines.
 *
 * Every row of a tenant's says whose it is (tenant_id, owner_id) and who touched it when. Until accounts exist,
 * both are the fixed ids of local mode in `database/local-tenant.ts`.
 */
export interface Database extends AccessTables, AuditTables, PrivacyTables, IdentityTables, LimitTables, PlanTables {
  tenants: TenantTable;
  assets: AssetTable;
  pending_uploads: PendingUploadTable;
  uploads: UploadTable;
  locks: LockTable;
  jobs: JobTable;
  job_inputs: JobInputTable;
  job_outputs: JobOutputTable;
  secrets: SecretTable;
  needed_results: NeededResultTable;
  batches: BatchTable;
  removals: RemovalTable;
  pipelines: PipelineTable;
  pipeline_steps: PipelineStepTable;
  schedules: ScheduleTable;
  shares: ShareTable;
  webhook_keys: WebhookKeyTable;
  webhook_endpoints: WebhookEndpointTable;
  webhook_outbox: WebhookOutboxTable;
  webhook_messages: WebhookMessageTable;
  webhook_deliveries: WebhookDeliveryTable;
  templates: TemplateTable;
  template_versions: TemplateVersionTable;
}

type Timestamp = ColumnType<Date, Date | undefined, Date>;
type Json<T extends object> = JSONColumnType<T>;

interface AuditColumns {
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  updated_by: string;
}

interface TenantTable extends AuditColumns, PlanColumns {
  id: string;
  name: string;
  /** How long finished jobs are kept, 0 for ever; null: as long as the configuration says. */
  result_ttl_seconds: number | null;
}

/** What is known of a file's content; null where a kind of file has no such thing. */
export interface MediaColumns {
  media_type: string;
  size_bytes: number;
  width_px: number | null;
  height_px: number | null;
  frames: number | null;
  duration_seconds: number | null;
}

interface AssetTable extends AuditColumns, MediaColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  sha256: string;
  /** What the uploader called it; shown, never used as a path. */
  name: string | null;
  /** Nobody's upload, but what a step of this pipeline made for a later one; no list shows it. */
  pipeline_id: string | null;
}

/** An upload that goes straight into the object store; the asset that becomes of it takes its id. */
interface PendingUploadTable {
  id: string;
  tenant_id: string;
  owner_id: string;
  /** What the client says it sends; nothing else is taken. */
  sha256: string;
  size_bytes: number;
  name: string | null;
  created_at: Timestamp;
  expires_at: Date;
}

/** An upload that comes in pieces; its asset has its id. */
interface UploadTable {
  id: string;
  tenant_id: string;
  owner_id: string;
  /** Null: the sender has not said yet. */
  size_bytes: number | null;
  /** What the uploader called it; shown, never used as a path. */
  name: string | null;
  /** As the sender wrote it, for those who ask. */
  metadata: string | null;
  /** Why it was refused. */
  error_code: string | null;
  error_detail: string | null;
  created_at: Timestamp;
  expires_at: Date;
  finished_at: Date | null;
}

interface ShareTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  job_id: string;
  output_index: number;
  /** What the file is called for those who open it. */
  name: string | null;
  expires_at: Date;
  revoked_at: Date | null;
}

interface LockTable {
  name: string;
  holder: string;
  expires_at: Date;
}

interface JobTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  processor: string;
  processor_version: number;
  params: Json<Record<string, unknown>>;
  /** SHA-256 of processor, version, model hashes, canonical parameters and input hashes. */
  result_key: string;
  status: 'queued' | 'active' | 'succeeded' | 'failed' | 'cancelled';
  priority: 'low' | 'normal' | 'high';
  /** How long others of its tenant may go before it: what its priority and the estimated work ask of it. */
  patience_ms: Generated<number>;
  /** When its turn comes within its tenant; the earliest goes first. */
  turn_at: Timestamp;
  /** The transaction that last changed what people see of it; set by a trigger. A whole number as text. */
  change: ColumnType<string, string | undefined, string>;
  progress: Generated<number>;
  /** The fencing number: raised at each claim; only the holder of the current one may finish the job. */
  attempt: Generated<number>;
  /** Attempts that ended badly; at the limit the job fails for good. */
  failures: Generated<number>;
  /** Identical work in flight: this job waits for that one's result instead of running. */
  leader_id: string | null;
  /** Which worker process holds the current attempt, and until when if it stays silent. */
  lease_owner: string | null;
  lease_expires_at: Date | null;
  /** Not before this time (backoff). */
  available_at: Timestamp;
  error_code: string | null;
  error_detail: string | null;
  /** True when the outputs come from an earlier or joined job. */
  cached: Generated<boolean>;
  idempotency_key: string | null;
  request_fingerprint: string | null;
  metadata: Json<Record<string, unknown>> | null;
  webhook_url: string | null;
  /** Left out of lists: made for an address, not for somebody who looks at jobs. */
  hidden: Generated<boolean>;
  /** The batch it was asked for in, its place there, and what the client calls it. */
  batch_id: string | null;
  batch_index: number | null;
  item_name: string | null;
  queued_at: Timestamp;
  started_at: Date | null;
  finished_at: Date | null;
}

/** Random keys that all processes share. */
interface SecretTable {
  name: string;
  /** base64url */
  value: string;
  created_at: Timestamp;
}

interface JobInputTable extends MediaColumns {
  job_id: string;
  index: number;
  /** Not a foreign key: the job keeps its bytes by hash when the asset is removed. */
  asset_id: string;
  sha256: string;
}

interface JobOutputTable {
  job_id: string;
  index: number;
  media_type: string;
  size_bytes: number;
  sha256: string;
  data: Json<Record<string, unknown>> | null;
}

/** What jobs start from and share, kept by the key of the work. */
interface NeededResultTable {
  tenant_id: string;
  result_key: string;
  sha256: string;
  media_type: string;
  size_bytes: number;
  data: Json<Record<string, unknown>> | null;
  made_at: Timestamp;
  /** Refreshed with every use; what nobody uses any more is collected. */
  used_at: Timestamp;
}

/** Many jobs asked for at once; how far they are is in their rows alone. */
interface BatchTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  processor: string;
  metadata: Json<Record<string, unknown>> | null;
  idempotency_key: string | null;
  request_fingerprint: string | null;
}

/** Jobs that feed each other. */
interface PipelineTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  name: string | null;
  /** What has been concluded from its steps; a retry makes it active again. */
  status: 'active' | 'succeeded' | 'failed' | 'cancelled';
  priority: 'low' | 'normal' | 'high';
  metadata: Json<Record<string, unknown>> | null;
  webhook_url: string | null;
  idempotency_key: string | null;
  request_fingerprint: string | null;
  finished_at: Date | null;
}

interface PipelineStepTable {
  pipeline_id: string;
  index: number;
  /** What it is called in the request. */
  step: string;
  processor: string;
  /** As the client sent them. */
  params: Json<Record<string, unknown>>;
  /** `{asset}`, or `{step, output}` of an earlier one. */
  inputs: Json<readonly object[]>;
  /** `started`: its job's row says how far it is. */
  status: 'waiting' | 'started' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';
  /** Not a foreign key: the job may be removed before the pipeline. */
  job_id: string | null;
  /** Why it has no job. */
  error_code: string | null;
  error_detail: string | null;
}

/** Work that is asked for at set times. */
interface ScheduleTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  name: string | null;
  cron: string;
  /** IANA's name. */
  time_zone: string;
  kind: 'job' | 'batch' | 'pipeline';
  /** As its service takes it. */
  request: Json<Record<string, unknown>>;
  overlap: 'skip' | 'allow';
  paused: Generated<boolean>;
  /** Null: never again. */
  next_at: Date | null;
  /** What was started last. */
  run_id: string | null;
  /** The last time that was due, and what came of it. */
  run_at: Date | null;
  run_status: 'started' | 'skipped' | 'failed' | null;
  run_error_code: string | null;
  run_error_detail: string | null;
}

interface WebhookSecretColumns {
  /** `whsec_` and base64; signs, together with the one before it while that holds. */
  secret: string;
  previous_secret: string | null;
  previous_secret_until: Date | null;
}

/** Signs what goes to receivers that jobs name themselves. */
interface WebhookKeyTable extends WebhookSecretColumns {
  tenant_id: string;
}

interface WebhookEndpointTable extends AuditColumns, WebhookSecretColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  url: string;
  events: Json<readonly string[]>;
  description: string | null;
  active: Generated<boolean>;
  /** Why the dispatcher switched it off; null when a person did. */
  disabled_reason: 'gone' | 'failing' | null;
  /** Since when nothing has reached it. */
  failing_since: Date | null;
}

/** What has ended and nobody has been told of yet. Triggers write it. */
interface WebhookOutboxTable {
  id: Generated<number>;
  tenant_id: string;
  kind: string;
  /** The row as it ended, as PostgreSQL writes it in JSON. */
  subject: Json<Record<string, unknown>>;
  created_at: Timestamp;
}

/** One event, the same for all who are told of it. */
interface WebhookMessageTable {
  /** `webhook-id` is `msg_` and this. */
  id: string;
  tenant_id: string;
  type: string;
  /** The job, batch or endpoint that it is about. */
  subject_id: string | null;
  /** Where an event could be noticed twice: what makes it one. */
  event_key: string | null;
  body: string;
  created_at: Timestamp;
}

/** One message to one receiver. */
interface WebhookDeliveryTable {
  id: string;
  message_id: string;
  tenant_id: string;
  /** Either an endpoint, or the address that a job named. */
  endpoint_id: string | null;
  url: string | null;
  /** Deliveries of one lane wait for each other, those of others do not. */
  lane: string;
  state: Generated<'pending' | 'delivered' | 'failed' | 'cancelled'>;
  attempts: Generated<number>;
  /** Not before; while somebody holds the lease, when it is given up. */
  next_at: Timestamp;
  lease: string | null;
  /** The last attempts, oldest first. */
  history: Json<readonly object[]>;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** What is gone, for those who watch; kept for a day. Triggers write it. */
interface RemovalTable {
  tenant_id: string;
  kind: 'job' | 'batch';
  id: string;
  change: ColumnType<string, string | undefined, string>;
  removed_at: Timestamp;
}

interface TemplateTable extends AuditColumns {
  id: string;
  tenant_id: string;
  owner_id: string;
  /** As its newest document says; one of its kind in the tenant. */
  name: string;
  /** Of the newest document. */
  version: number;
}

/** Every document that a template has been; a trigger keeps them as they are. */
interface TemplateVersionTable {
  template_id: string;
  version: number;
  document: Json<Record<string, unknown>>;
  created_at: Timestamp;
  created_by: string;
}
