import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { importProcessor } from '#assets/import/import-processor.ts';
import type { Config } from '#config.ts';
import { lineReader } from '#jobs/line-depth.ts';
import { armFailpoint } from '#kernel/failpoints.ts';
import { diskCheck, memoryCheck, sandboxCheck } from '#observability/checks.ts';
import { createHealth, type Health } from '#observability/health.ts';
import { createLogger } from '#observability/logger.ts';
import { createMetrics } from '#observability/metrics.ts';
import { createProbeServer, type ProbeServer } from '#observability/probe-server.ts';
import { loadProcessors, processorRegistry, withModels } from '#processors/registry.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { readBacklog } from '#webhooks/backlog.ts';
import { startApi } from './main/api.ts';
import { cannotListen } from './main/cannot-listen.ts';
import { type Engines, engineChecks, openEngines } from './main/engines.ts';
import type { Parts } from './main/parts.ts';
import { openSandbox, warmUp } from './main/sandbox.ts';
import { openSubstitutes } from './main/substitutes.ts';
import { startWork } from './main/work.ts';
import { chosenProcessors } from './main/worker-processors.ts';

export interface RunningServer {
  /** Where it answers; undefined for a worker, which listens to nobody. */
  readonly address: string | undefined;
  /** Where it answers probes alone; undefined without a port for that. */
  readonly healthAddress: string | undefined;
  /** Stops in order: readiness, and after the delay connections, running jobs (within the grace), children, database, lock. */
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
  const inChildren = withModels(await loadProcessors(processorsDir), modelsIn(join(config.dataDir, 'models')));
  const processors = processorRegistry([...inChildren.list(), importProcessor]);
  const workerProcessors = chosenProcessors(
    config.workerProcessors,
    processors.list().map(({ name }) => name),
  );
  const engines = await openEngines(config, log, opened);
  const sandbox = config.role === 'api' ? undefined : await openSandbox(config, inChildren, log, opened, processorsDir);
  const line = lineReader(
    engines.database.db,
    processors.list().map(({ name }) => name),
  );
  const metrics = createMetrics({
    line,
    webhooks: () => readBacklog(engines.database.db),
    ...(sandbox !== undefined && { sandbox: () => sandbox.stats() }),
  });
  const substitutes = await openSubstitutes(config);
  const madeElsewhere = new Map([...substitutes].map(([name, { key }]) => [name, key]));
  const health = openHealth(config, log, engines, sandbox);
  // Closed after the work: who looks after a worker wants to know how its last jobs end.
  const probes = createProbeServer(health, metrics);
  opened.defer(() => probes.close());
  const lasting = { config, log, engines, line, metrics, health };
  const parts: Parts = { ...lasting, processors, substitutes, madeElsewhere, workerProcessors, sandbox };
  if (sandbox !== undefined) await startWork(parts, sandbox, opened);
  const address = config.role === 'worker' ? undefined : await startApi(parts, opened);
  const healthAddress = await listenForProbes(probes, config);
  // Before all else closes: whoever sends traffic here should stop first.
  opened.defer(async () => {
    health.drain();
    await delay(config.shutdownDelayMs);
  });
  if (sandbox !== undefined) warmUp(config, sandbox, log);
  log.info({ role: config.role, address, fanOut: engines.fanOut.driver, database: engines.database.driver }, 'ready');
  const running = opened.move();
  return { address, healthAddress, close: () => running.disposeAsync() };
}

function openHealth(config: Config, log: Logger, engines: Engines, sandbox: Sandbox | undefined): Health {
  const checks = [
    ...engineChecks(engines),
    ...(sandbox === undefined ? [] : [sandboxCheck(sandbox)]),
    diskCheck(config.dataDir),
    memoryCheck(),
  ];
  return createHealth(checks, { onError: (check, err) => log.warn({ err, check }, 'health check') });
}

async function listenForProbes(probes: ProbeServer, config: Config): Promise<string | undefined> {
  const { healthPort: port, healthHost: host } = config;
  if (port === undefined) return undefined;
  return await probes.listen({ host, port }).catch((error) => cannotListen(error, { host, port }));
}

/** On a terminal people want to see what is wrong, not every request. */
function logLevel({ logFile, logLevel }: Config): string {
  return logFile === undefined && process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
}
