import type { Asset } from '#assets/asset.ts';
import type { Batch, Batches } from '#jobs/batches/batch.ts';
import { isTerminal, type Job, type Jobs } from '#jobs/job.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';

interface Around {
  readonly jobs: Map<string, Job>;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly deps: { readonly jobs: Jobs };
}

/** Batches in memory, of the jobs of the world around them. */
export function batchesIn(world: Around): Batches {
  const made = new Map<string, { readonly batch: Batch; readonly items: { name: string | null; jobId: string }[] }>();
  const find = (id: string) => made.get(id) ?? fail('BATCH_NOT_FOUND', 'No such batch.');
  const itemsOf = (id: string) =>
    find(id).items.flatMap(({ name, jobId }, index) => {
      const job = world.jobs.get(jobId);
      return job === undefined ? [] : [{ index, name, job }];
    });
  const get = (id: string): Batch => {
    const jobs = itemsOf(id).map(({ job }) => job);
    const count = (status: Job['status']) => jobs.filter((job) => job.status === status).length;
    const ended = jobs.filter((job) => isTerminal(job.status)).length;
    return {
      ...find(id).batch,
      status: ended === jobs.length ? 'finished' : 'running',
      counts: {
        total: jobs.length,
        queued: count('queued'),
        active: count('active'),
        succeeded: count('succeeded'),
        failed: count('failed'),
        cancelled: count('cancelled'),
      },
      progress: jobs.length === 0 ? 1 : ended / jobs.length,
    };
  };
  const change = async (id: string, from: readonly Job['status'][], call: (jobId: string) => Promise<unknown>) => {
    const jobs = itemsOf(id).filter(({ job }) => from.includes(job.status));
    for (const { job } of jobs) await call(job.id);
    return jobs.length;
  };
  return {
    async create(actor, { processor, params, items, metadata = null, priority = 'low' }) {
      const jobs = [];
      for (const [index, item] of items.entries()) {
        const request = { processor, inputs: item.inputs, params: { ...params, ...item.params }, priority };
        const job = await world.deps.jobs.create(actor, request).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
          throw new AppError(error.code, `inputs[${index}]: ${error.detail}`, { extensions: { index } });
        });
        jobs.push({ name: item.name ?? world.assets.get(item.inputs[0] ?? '')?.name ?? null, jobId: job.id });
      }
      const id = newId();
      const still = { status: 'running', counts: {} as Batch['counts'], progress: 0, finishedAt: null } as const;
      made.set(id, { batch: { id, processor, metadata, createdAt: new Date(), ...still }, items: jobs });
      return get(id);
    },
    get: async (_actor, id) => get(id),
    list: async () => ({ items: [...made.keys()].toReversed().map(get), nextCursor: null }),
    items: async (_actor, id, { status }) => ({
      items: itemsOf(id).filter(({ job }) => !status || job.status === status),
      nextCursor: null,
    }),
    outputs: async (_actor, id) =>
      itemsOf(id).flatMap(({ name, job }) =>
        job.outputs.map((output) => ({ ...output, name, madeAt: job.finishedAt ?? job.queuedAt })),
      ),
    async retry(actor, id) {
      const count = await change(id, ['failed', 'cancelled'], (jobId) => world.deps.jobs.retry(actor, jobId));
      return count === 0 ? fail('JOB_NOT_RETRYABLE', 'None failed.') : get(id);
    },
    async cancel(actor, id) {
      const count = await change(id, ['queued', 'active'], (jobId) => world.deps.jobs.cancel(actor, jobId));
      return count === 0 ? fail('JOB_NOT_CANCELLABLE', 'Over.') : get(id);
    },
    async remove(_actor, id) {
      for (const { jobId } of find(id).items) world.jobs.delete(jobId);
      made.delete(id);
    },
  };
}

function fail(code: ConstructorParameters<typeof AppError>[0], detail: string): never {
  throw new AppError(code, detail);
}
