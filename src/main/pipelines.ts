import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectStored } from '#assets/inspect-stored.ts';
import { createPipelineService, type PipelineService } from '#jobs/pipelines/pipeline-service.ts';
import { makeFolder } from '#kernel/folders.ts';
import { newId } from '#kernel/ids.ts';
import type { Parts } from './parts.ts';

/** For the API, and for those who let the next steps begin. */
export function openPipelines({ config, log, engines, processors, madeElsewhere, metrics }: Parts): PipelineService {
  const { database, fanOut, store } = engines;
  return createPipelineService({
    tenantDb: database.tenantDb,
    store,
    fanOut,
    processors,
    madeElsewhere,
    metrics: metrics.jobs,
    log,
    maxJobMemoryBytes: config.workerMemoryBytes,
    async inspect(sha256) {
      // Named as folders of attempts are, so that what a killed process leaves is swept with them.
      const dir = join(config.dataDir, 'scratch', `${newId()}-inspected`);
      await makeFolder(dir);
      try {
        return await inspectStored(store, sha256, dir, config);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  });
}
