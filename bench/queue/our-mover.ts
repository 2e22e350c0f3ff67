import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Type } from 'typebox';
import type { OpenDatabase } from '#database/database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import type { FanOut } from '#events/fan-out.ts';
import { createJobService } from '#jobs/job-service.ts';
import { unfinishedJobs } from '#jobs/job-watcher.ts';
import { startWorker } from '#jobs/worker.ts';
import { gibibyte } from '#kernel/units.ts';
import { defineProcessor } from '#processors/contract.ts';
import { processorRegistry } from '#processors/registry.ts';
import { createNeeds } from '#sandbox/needs.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { openLocalObjectStore } from '#storage/drivers/local/local-object-store.ts';
import type { Mover } from './mover.ts';

const nothing = defineProcessor({
  name: 'bench.nothing',
  version: 1,
  title: { en: 'nothing', 'pt-BR': 'nada' },
  accepts: [],
  inputs: { min: 0, max: 0 },
  params: Type.Object({ id: Type.String() }),
  modelHashes: () => [],
  estimate: () => ({ memoryBytes: 0, cpuSeconds: 0 }),
  deadlineMs: () => 30_000,
});

/**
 * The service behind the API and a worker, whole, but for the child process: the processor does nothing, in here, as
 * BullMQ's handler does.
 */
export async function ourMover(database: OpenDatabase, fanOut: FanOut, end: () => Promise<void>): Promise<Mover> {
  const scratchRoot = await mkdtemp(join(tmpdir(), 'esteira-bench-queue-'));
  const store = await openLocalObjectStore({ dir: join(scratchRoot, 'objects') });
  let taken: () => void = () => undefined;
  const sandbox: Sandbox = {
    run: async () => {
      taken();
      return [];
    },
    warm: async () => undefined,
    stats: () => ({}) as never,
    scale: () => undefined,
    close: async () => undefined,
  };
  const processors = processorRegistry([nothing]);
  const madeElsewhere = new Map<string, string>();
  const metrics = {
    created: () => undefined,
    needMet: () => undefined,
    claimed: () => undefined,
    attemptEnded: () => undefined,
  };
  const needs = createNeeds({ sandbox, naming: { processors, madeElsewhere }, substitutes: new Map(), onMet() {} });
  const log = pino({ level: 'error' });
  const { db, tenantDb } = database;
  const line = {
    db,
    tenantDb,
    unfinished: unfinishedJobs(db),
    fanOut,
    store,
    processors,
    madeElsewhere,
    metrics,
    log,
    maxJobMemoryBytes: gibibyte,
  };
  const jobs = createJobService(line);
  const actor = { tenantId: localTenantId, userId: localUserId };
  return {
    async add(id) {
      await jobs.create(actor, { processor: nothing.name, inputs: [], params: { id } });
    },
    async work(concurrency, onTaken) {
      taken = onTaken;
      const worker = await startWorker({ ...line, sandbox, needs, scratchRoot }, { concurrency, leaseMs: 30_000 });
      return () => worker.close(10_000);
    },
    async close() {
      jobs.close();
      await fanOut.close();
      await database.close();
      await end();
      await rm(scratchRoot, { recursive: true, force: true });
    },
  };
}
