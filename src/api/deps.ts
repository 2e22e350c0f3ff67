import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Access } from '#accounts/access.ts';
import type { Accounts } from '#accounts/accounts.ts';
import type { People } from '#accounts/identity/people.ts';
import type { SignIn } from '#accounts/identity/sign-in.ts';
import type { Plans } from '#accounts/plans/plan.ts';
import type { PlanCatalog } from '#accounts/plans/plan-service.ts';
import type { UsageReader } from '#accounts/plans/usage.ts';
import type { Principal } from '#accounts/principal.ts';
import type { Assets, FoundAsset } from '#assets/asset.ts';
import type { DirectUploads } from '#assets/direct/direct-upload.ts';
import type { RemoteFile } from '#assets/fetch-url.ts';
import type { PartialUploads } from '#assets/uploads/upload.ts';
import type { Audit, AuditLog } from '#audit/audit.ts';
import type { Events } from '#events/event-hub.ts';
import type { FanOut } from '#events/fan-out.ts';
import type { Batches } from '#jobs/batches/batch.ts';
import type { StoredOutput } from '#jobs/find-output.ts';
import type { Jobs } from '#jobs/job.ts';
import type { LineReader } from '#jobs/line-depth.ts';
import type { Pipelines } from '#jobs/pipelines/pipeline.ts';
import type { Schedules } from '#jobs/schedules/schedule.ts';
import type { OpenedShare, Shares } from '#jobs/shares/share.ts';
import type { Limits } from '#limits/limits.ts';
import type { Quota } from '#limits/quota.ts';
import type { ModelListing } from '#models/installed-models.ts';
import type { Health } from '#observability/health.ts';
import type { Metrics } from '#observability/metrics.ts';
import type { Privacy } from '#privacy/privacy.ts';
import type { Processor } from '#processors/contract.ts';
import type { ObjectStore, ReadStore } from '#storage/object-store.ts';
import type { Templates } from '#templates/template.ts';
import type { Webhooks } from '#webhooks/webhook.ts';
import type { LastingRequests } from './lasting-requests.ts';
import type { Redirects } from './object-response.ts';
import type { RecentImages } from './recent-images.ts';
import type { SigningKeys } from './url-signature.ts';

/** All that the API needs from the rest of the program; the composition root makes it. */
export interface AppDeps {
  readonly jobs: Jobs;
  readonly batches: Batches;
  readonly pipelines: Pipelines;
  readonly templates: Templates;
  readonly webhooks: Webhooks;
  readonly schedules: Schedules;
  readonly shares: Shares;
  readonly assets: Assets;
  readonly uploads: PartialUploads;
  readonly directUploads: DirectUploads;
  readonly events: Events;
  /** Tells the other API processes what to forget. */
  readonly fanOut: Pick<FanOut, 'tell' | 'on'>;
  /** @throws AppError URL_NOT_ALLOWED, URL_FETCH_FAILED, UPLOAD_TOO_LARGE */
  readonly fetchUrl: (url: string, signal: AbortSignal) => Promise<RemoteFile>;
  /** What can be said of an address without asking anybody. @throws AppError URL_NOT_ALLOWED */
  readonly checkUrl: (url: string) => void;
  readonly store: ObjectStore;
  /** The same, for what many ask for again and again. */
  readonly pictures: ReadStore;
  /** Undefined: every download comes from here. */
  readonly redirects: Redirects | undefined;
  /** An output of anybody's, for addresses that are signed. */
  readonly findOutput: (jobId: string, index: number) => Promise<StoredOutput | undefined>;
  /** For signed addresses, whoever it belongs to. @throws AppError ASSET_NOT_FOUND */
  readonly findAsset: (id: string) => Promise<FoundAsset>;
  /** For signed addresses. @returns undefined when the share has ended, was taken back, or its job is gone */
  readonly openShare: (id: string) => Promise<OpenedShare | undefined>;
  readonly processors: readonly Processor[];
  /** What jobs may name as a model, as it is now. */
  readonly models: () => Promise<ModelListing[]>;
  readonly health: Health;
  /** How much work waits. */
  readonly line: LineReader;
  readonly metrics: Metrics;
  /** Finds out who asks. */
  readonly access: Access;
  /** People who have an account; nobody where nobody signs in. */
  readonly people: People;
  /** How they come in; undefined where nobody signs in. */
  readonly signIn: SignIn | undefined;
  /** Who belongs to which workspace, and may what there. */
  readonly accounts: Accounts;
  /** What was done, and by whom. */
  readonly audit: Audit & AuditLog;
  /** What tenants may use, what they have used, and whether there is room for more. */
  readonly plans: Plans;
  readonly planCatalog: PlanCatalog;
  readonly usage: UsageReader;
  readonly quota: Quota;
  /** How much who may ask for. */
  readonly limits: Limits;
  /** What people may have done with what is known of them. */
  readonly privacy: Privacy;
  /** For the addresses of pictures. */
  readonly signingKeys: SigningKeys;
  readonly logger: FastifyBaseLogger;
  readonly config: AppConfig;
}

export interface AppConfig {
  /** Shown in the API's document. */
  readonly version: string;
  /** Where the built studio is; it need not be there. */
  readonly studioDir: string;
  readonly maxUploadBytes: number;
  /** Other servers that take uploads, nearer to some. */
  readonly regions?: readonly Region[];
  /** Without login: only loopback names are answered (DNS rebinding). */
  readonly localMode: boolean;
  /** Whether people sign in, or send keys: else everybody is the same user. */
  readonly signsIn?: boolean;
  /** Not empty: only requests that carry one of them in `X-Esteira-Proxy-Secret` are answered, and probes. */
  readonly proxySecrets?: readonly string[] | undefined;
  /** Where people reach this server, when not at its own address: `https://media.example`. */
  readonly publicUrl?: string | undefined;
  /** Origins of web pages elsewhere that may call this API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Whether `X-Forwarded-*` is believed: true, false, or the proxies' addresses. */
  readonly trustProxy: boolean | string[];
}

/** A server elsewhere. */
export interface Region {
  readonly name: string;
  readonly origin: string;
  /** Whose requests it is meant for: two capital letters each. */
  readonly countries: readonly string[];
}

/** A Fastify instance whose handlers get their types from the TypeBox schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What routes get: the dependencies, and what the app itself adds to them. */
export interface RouteDeps extends AppDeps {
  /** Aborted when the app begins to close; whoever waits should stop. */
  readonly closing: AbortSignal;
  /** Who asks, on whose behalf everything happens. Routes that are public may not call it. */
  readonly resolveActor: (request: FastifyRequest) => Principal;
  readonly recentImages: RecentImages;
  /** For what stays open. */
  readonly lasting: LastingRequests;
}

/** One route, or two that belong together: adds itself to the instance. */
export type Route = (api: Api, deps: RouteDeps) => void;
