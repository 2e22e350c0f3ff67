import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config.ts';
import { armFailpoint } from '#kernel/failpoints.ts';
import { createLogger } from '#observability/logger.ts';
import { createProbeServer, type ProbeServer } from '#observability/probe-server.ts';
import { startApi } from './main/api.ts';
import { cannotListen } from './main/cannot-listen.ts';
import { openParts } from './main/open-parts.ts';
import { warmUp } from './main/sandbox.ts';
import { startWork } from './main/work.ts';

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
  const parts = await openParts(config, log, opened, processorsDir);
  const { engines, health, metrics, sandbox } = parts;
  // Closed after the work: who looks after a worker wants to know how its last jobs end.
  const probes = createProbeServer(health, metrics);
  opened.defer(() => probes.close());
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

async function listenForProbes(probes: ProbeServer, config: Config): Promise<string | undefined> {
  const { healthPort: port, healthHost: host } = config;
  if (port === undefined) return undefined;
  return await probes.listen({ host, port }).catch((error) => cannotListen(error, { host, port }));
}

/** On a terminal people want to see what is wrong, not every request. */
function logLevel({ logFile, logLevel }: Config): string {
  return logFile === undefined && process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
}
