import type { Logger } from 'pino';
import type { LocalOperator } from '#accounts/identity/local-operator.ts';
import type { Plans } from '#accounts/plans/plan.ts';
import type { Config } from '#config.ts';
import type { LineReader } from '#jobs/line-depth.ts';
import type { Health } from '#observability/health.ts';
import type { Metrics } from '#observability/metrics.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { Substitute } from '#sandbox/needs.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import type { Engines } from './engines.ts';

/** What is open when the work and the API start. */
export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly engines: Engines;
  readonly processors: ProcessorRegistry;
  readonly substitutes: ReadonlyMap<string, Substitute>;
  readonly madeElsewhere: ReadonlyMap<string, string>;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Lets in the command line of this machine. */
  readonly localOperator: LocalOperator;
  /** What tenants may use. */
  readonly plans: Plans;
  readonly line: LineReader;
  /** Whose jobs this process takes; undefined: all. */
  readonly workerProcessors: readonly string[] | undefined;
  readonly sandbox: Sandbox | undefined;
}
