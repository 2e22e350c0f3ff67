export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

export interface HealthReading {
  readonly status: HealthStatus;
  /** Why it is not healthy, in words an operator can act on. Never a path, an address or a secret. */
  readonly reason?: string;
  /** Numbers worth seeing, units in their names: `{ freeBytes: 1234 }`. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface HealthCheck {
  /** `database`, `queue`, `storage`, `sandbox`, `disk`, `memory` … */
  readonly name: string;
  /** Whether this process should get no traffic while the check is unhealthy. */
  readonly critical: boolean;
  /** A check that throws, or takes longer than the deadline, is unhealthy. */
  read(): Promise<HealthReading>;
}

export interface HealthReport {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, TimedReading>>;
}

export interface Health {
  /** Every check's reading; the worst one is the status. Readings are shared for a second. */
  report(): Promise<HealthReport>;
  /** Why this process should get no traffic now; empty when it is ready. */
  notReady(): Promise<readonly string[]>;
  /** From now on not ready: the first step of a graceful stop. */
  drain(): void;
  readonly draining: boolean;
}

export interface HealthOptions {
  readonly timeoutMs?: number;
  readonly maxAgeMs?: number;
  /** Told what a failing check threw, for the log: the report says only that it failed. */
  readonly onError?: (check: string, error: unknown) => void;
}

type TimedReading = HealthReading & { readonly milliseconds: number };

/** Runs the checks side by side when somebody asks, never by itself. */
export function createHealth(checks: readonly HealthCheck[], options: HealthOptions = {}): Health {
  const { timeoutMs = 2_000, maxAgeMs = 1_000, onError = () => {} } = options;
  let draining = false;
  let latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined;

  function report(): Promise<HealthReport> {
    const nowMs = performance.now();
    if (!latest || nowMs - latest.atMs > maxAgeMs) latest = { atMs: nowMs, report: readAll() };
    return latest.report;
  }

  async function readAll(): Promise<HealthReport> {
    const entries = await Promise.all(checks.map(async (check) => [check.name, await timed(check)] as const));
    const application: TimedReading = {
      status: 'healthy',
      facts: { uptimeSeconds: Math.round(process.uptime()) },
      milliseconds: 0,
    };
    const readings = { application, ...Object.fromEntries(entries) };
    return { status: worst(Object.values(readings)), checks: readings };
  }

  async function timed(check: HealthCheck): Promise<TimedReading> {
    const startedMs = performance.now();
    const late = Promise.withResolvers<HealthReading>();
    const timer = setTimeout(
      () => late.resolve({ status: 'unhealthy', reason: `No answer within ${timeoutMs} ms.` }),
      timeoutMs,
    );
    try {
      const reading = await Promise.race([read(check), late.promise]);
      return { ...reading, milliseconds: Math.round(performance.now() - startedMs) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** A failing check says that it failed, not how: messages of engines carry addresses and paths. */
  async function read(check: HealthCheck): Promise<HealthReading> {
    try {
      return await check.read();
    } catch (error) {
      onError(check.name, error);
      return { status: 'unhealthy', reason: 'The check failed; the log says why.' };
    }
  }

  return {
    async report() {
      const current = await report();
      if (!draining) return current;
      const application: TimedReading = { status: 'unhealthy', reason: drainingReason, milliseconds: 0 };
      return { status: 'unhealthy', checks: { ...current.checks, application } };
    },
    async notReady() {
      if (draining) return [drainingReason];
      const { checks: readings } = await report();
      return checks
        .filter(({ critical, name }) => critical && readings[name]?.status === 'unhealthy')
        .map(({ name }) => `${name}: ${readings[name]?.reason ?? 'unhealthy'}`);
    },
    drain() {
      draining = true;
    },
    get draining() {
      return draining;
    },
  };
}

const drainingReason = 'The server is shutting down.';

function worst(readings: readonly HealthReading[]): HealthStatus {
  if (readings.some(({ status }) => status === 'unhealthy')) return 'unhealthy';
  return readings.some(({ status }) => status === 'degraded') ? 'degraded' : 'healthy';
}
