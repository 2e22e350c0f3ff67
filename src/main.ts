import { join } from 'node:path';
import type { Config } from '#config.ts';
import { createJobSignals } from '#jobs/job-signals.ts';
import { armFailpoint } from '#kernel/failpoints.ts';
import { createLogger } from '#observability/logger.ts';
import { createMetrics } from '#observability/metrics.ts';
import { loadProcessors, withModels } from '#processors/registry.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import { startApi } from './main/api.ts';
import { openEngines } from './main/engines.ts';
import type { Parts } from './main/parts.ts';
import { openSandbox, warmUp } from './main/sandbox.ts';
import { openSubstitutes } from './main/substitutes.ts';
import { startWork } from './main/work.ts';

export interface RunningServer {
  /** Where it answers; undefined for a worker, which listens to nobody. */
  readonly address: string | undefined;
  /** Stops in order: readiness, connections, running jobs (within the grace), children, queue, database, lock. */
  close(): Promise<void>;
}

/**
 * Puts the rooms together as the configuration says, and starts what the role asks for.
 *
 * @param processorsDir where the processors are, if not where Esteira's own are: for tests
 * @throws AppError what kept it from starting; whatever was opened is closed again
 */
export async function startServer(config: Config, processorsDir?: string): Promise<RunningServer> {
  armFailpoint(config.failpoint);
  // Closed in reverse order: at the end, or here when something does not open.
  await using opened = new AsyncDisposableStack();
  const log = createLogger({ level: logLevel(config), file: config.logFile });
  const processors = withModels(await loadProcessors(processorsDir), modelsIn(join(config.dataDir, 'models')));
  const engines = await openEngines(config, log, opened);
  const signals = createJobSignals();
  const sandbox = config.role === 'api' ? undefined : await openSandbox(config, processors, log, opened, processorsDir);
  const metrics = createMetrics({
    queue: () => engines.queue.counts(),
    ...(sandbox !== undefined && { sandbox: () => sandbox.stats() }),
  });
  const substitutes = await openSubstitutes(config);
  const madeElsewhere = new Map([...substitutes].map(([name, { key }]) => [name, key]));
  const parts: Parts = { config, log, engines, processors, substitutes, madeElsewhere, signals, metrics, sandbox };
  if (sandbox !== undefined) await startWork(parts, sandbox, opened);
  const address = config.role === 'worker' ? undefined : await startApi(parts, opened);
  if (sandbox !== undefined) warmUp(config, sandbox, log);
  log.info({ role: config.role, address, queue: engines.queue.driver, database: engines.database.driver }, 'ready');
  const running = opened.move();
  return { address, close: () => running.disposeAsync() };
}

/** On a terminal people want to see what is wrong, not every request. */
function logLevel({ logFile, logLevel }: Config): string {
  return logFile === undefined && process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
}
