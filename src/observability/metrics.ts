import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobMetrics } from '#jobs/job-metrics.ts';
import type { LineDepth, LineReader } from '#jobs/line-depth.ts';
import type { LimitMetrics } from '#limits/limit-metrics.ts';
import { childKinds, type SandboxStats } from '#sandbox/sandbox.ts';
import { targetReasons } from '#sandbox/target-children.ts';
import type { WebhookBacklog } from '#webhooks/backlog.ts';
import type { WebhookMetrics } from '#webhooks/webhook-metrics.ts';
import { limitMetrics } from './limit-metrics.ts';
import { watchWebhooks, webhookMetrics } from './webhook-metrics.ts';

/** Where the gauges come from; each is asked when somebody scrapes. */
export interface MetricsSources {
  readonly line?: LineReader;
  readonly sandbox?: () => SandboxStats;
  readonly webhooks?: () => Promise<WebhookBacklog>;
}

export interface Metrics {
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
  /** @param route the route's pattern, `/v1/jobs/:id`: never an address with ids in it */
  requestEnded(request: { method: string; route: string; status: number; seconds: number }): void;
  /** @param count streams of events that are open, asked at every scrape */
  watchStreams(count: () => number): void;
  /** For those who create and run jobs. */
  readonly jobs: JobMetrics;
  /** For those who refuse what is too much. */
  readonly limits: LimitMetrics;
  /** For those who send webhooks. */
  readonly webhooks: WebhookMetrics;
  /** @param limit one of the plan's names, or `suspended` */
  planRefused(limit: string): void;
}

/** One registry of one process; names start with `esteira_`, units are seconds and bytes, no ids in labels. */
export function createMetrics(sources: MetricsSources = {}): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register, prefix: 'esteira_' });

  const requests = new Histogram({
    name: 'esteira_http_request_duration_seconds',
    help: 'From the first byte of the request to the last byte of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const refusals = new Counter({
    name: 'esteira_plan_refusals_total',
    help: 'Requests that a plan refused, by its limit, and those of suspended workspaces.',
    labelNames: ['limit'],
    registers,
  });
  if (sources.line) watchLine(registers, sources.line);
  if (sources.sandbox) watchSandbox(registers, sources.sandbox);
  if (sources.webhooks) watchWebhooks(registers, sources.webhooks);

  return {
    text: () => register.metrics(),
    contentType: register.contentType,
    requestEnded({ method, route, status, seconds }) {
      requests.observe({ method, route, status }, seconds);
    },
    watchStreams(count) {
      new Gauge({
        name: 'esteira_event_streams',
        help: 'Streams of events that are open.',
        registers,
        collect() {
          this.set(count());
        },
      });
    },
    jobs: jobMetrics(registers),
    limits: limitMetrics(registers),
    webhooks: webhookMetrics(registers),
    planRefused: (limit) => refusals.inc({ limit }),
  };
}

function jobMetrics(registers: Registry[]): JobMetrics {
  const created = new Counter({
    name: 'esteira_jobs_created_total',
    help: 'Jobs asked for: new work, joined to equal work in flight, answered from known results, or repeated requests.',
    labelNames: ['processor', 'how'],
    registers,
  });
  const attempts = new Histogram({
    name: 'esteira_job_attempt_duration_seconds',
    help: 'From the claim of an attempt to its end.',
    labelNames: ['processor', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const needs = new Counter({
    name: 'esteira_needed_results_total',
    help: 'Results that jobs start from: kept from before, joined to work in flight, made, or made here as a fallback.',
    labelNames: ['processor', 'how'],
    registers,
  });
  const waits = new Histogram({
    name: 'esteira_job_wait_duration_seconds',
    help: 'From the line to the claim.',
    labelNames: ['processor'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800],
    registers,
  });
  return {
    created: (processor, how) => created.inc({ processor, how }),
    attemptEnded: (processor, outcome, seconds) => attempts.observe({ processor, outcome }, seconds),
    needMet: (processor, how) => needs.inc({ processor, how }),
    claimed: (processor, waitedSeconds) => waits.observe({ processor }, waitedSeconds),
  };
}

/** For those who start and end worker processes: the same whichever process is asked. */
function watchLine(registers: Registry[], read: LineReader): void {
  const gauge = (name: string, help: string, value: (depth: LineDepth) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['processor'],
      registers,
      async collect() {
        // A database that does not answer must not take the other metrics with it.
        const line = await read().catch(() => []);
        this.reset();
        for (const depth of line) this.set({ processor: depth.processor }, value(depth));
      },
    });
  };
  gauge('esteira_queue_depth', 'Jobs that wait and could be taken.', (depth) => depth.waiting);
  gauge('esteira_queue_delayed_jobs', 'Jobs that are tried again later.', (depth) => depth.delayed);
  gauge(
    'esteira_queue_age_seconds',
    'How long the job that waits longest could have been taken.',
    (depth) => depth.oldestSeconds,
  );
  gauge('esteira_active_jobs', 'Jobs that run, in whatever process.', (depth) => depth.active);
}

function watchSandbox(registers: Registry[], read: () => SandboxStats): void {
  const perFamily = { labelNames: ['family'], registers } as const;
  const gauge = (name: string, help: string, fill: (gauge: Gauge<'family'>, stats: SandboxStats) => void): void => {
    new Gauge({
      name,
      help,
      ...perFamily,
      collect() {
        this.reset();
        fill(this, read());
      },
    });
  };
  gauge('esteira_sandbox_children', 'Child processes alive.', (children, stats) => {
    for (const { family } of stats.children) children.inc({ family });
  });
  gauge('esteira_sandbox_busy_children', 'Child processes with a job.', (busy, stats) => {
    for (const { family } of stats.children.filter((child) => child.busy)) busy.inc({ family });
  });
  gauge('esteira_sandbox_resident_memory_bytes', 'Resident memory of the child processes.', (memory, stats) => {
    for (const { family, rssBytes } of stats.children) memory.inc({ family }, rssBytes);
  });
  const perKind = (name: string, help: string, fill: (gauge: Gauge<'kind' | 'reason'>, stats: SandboxStats) => void) =>
    new Gauge({
      name,
      help,
      labelNames: ['kind', 'reason'],
      registers,
      collect() {
        this.reset();
        fill(this, read());
      },
    });
  perKind('esteira_sandbox_target_children', 'How many child processes there may be now.', (gauge, { kinds }) => {
    for (const kind of childKinds) gauge.set({ kind }, kinds[kind].target.children);
  });
  perKind('esteira_sandbox_target_reason', '1 for what bounds the number of child processes.', (gauge, { kinds }) => {
    for (const kind of childKinds) {
      for (const reason of targetReasons) gauge.set({ kind, reason }, Number(kinds[kind].target.reason === reason));
    }
  });
  new Gauge({
    name: 'esteira_sandbox_waiting_jobs',
    help: 'Jobs that wait for memory or a child.',
    registers,
    collect() {
      this.set(read().waiting);
    },
  });
  new Counter({
    name: 'esteira_sandbox_kills_total',
    help: 'Children that died before their time, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      const { crashes, deadlineKills, memoryKills } = read();
      this.reset();
      this.inc({ reason: 'crash' }, crashes);
      this.inc({ reason: 'deadline' }, deadlineKills);
      this.inc({ reason: 'memory' }, memoryKills);
    },
  });
}
