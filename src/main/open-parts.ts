import { join } from 'node:path';
import type { Logger } from 'pino';
import { createLocalOperator } from '#accounts/identity/local-operator.ts';
import { importProcessor } from '#assets/import/import-processor.ts';
import type { Config } from '#config.ts';
import { lineReader } from '#jobs/line-depth.ts';
import { diskCheck, memoryCheck, sandboxCheck } from '#observability/checks.ts';
import { createHealth, type Health } from '#observability/health.ts';
import { createMetrics } from '#observability/metrics.ts';
import { loadProcessors, processorRegistry, withModels } from '#processors/registry.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { readBacklog } from '#webhooks/backlog.ts';
import { type Engines, engineChecks, openEngines } from './engines.ts';
import type { Parts } from './parts.ts';
import { openPlans } from './plans.ts';
import { openSandbox } from './sandbox.ts';
import { openSubstitutes } from './substitutes.ts';
import { chosenProcessors } from './worker-processors.ts';

/**
 * What the work and the API are made of, open; `opened` closes it.
 *
 * @param processorsDir where the processors are, if not where Esteira's own are: for tests
 * @throws AppError as `openEngines`, or CONFIG_INVALID
 */
export async function openParts(
  config: Config,
  log: Logger,
  opened: AsyncDisposableStack,
  processorsDir?: string,
): Promise<Parts> {
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
  const lasting = { config, log, engines, line, metrics, health, localOperator: createLocalOperator() };
  const plans = openPlans(engines, opened);
  return { ...lasting, plans, processors, substitutes, madeElsewhere, workerProcessors, sandbox };
}

function openHealth(config: Config, log: Logger, engines: Engines, sandbox: Sandbox | undefined): Health {
  const checks = [
    ...engineChecks(engines, config),
    ...(sandbox === undefined ? [] : [sandboxCheck(sandbox)]),
    diskCheck(config.dataDir),
    memoryCheck(),
  ];
  return createHealth(checks, { onError: (check, err) => log.warn({ err, check }, 'health check') });
}
