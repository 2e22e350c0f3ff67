import type { FastifyReply } from 'fastify';
import type { Asset } from '#assets/asset.ts';
import type { Job } from '#jobs/job.ts';
import type { Actor } from '#kernel/actor.ts';
import type { RouteDeps } from '../deps.ts';
import { finishedOutput, waitForJob } from '../waiting.ts';

export const processorName = 'image.removebg';
const maxWaitMs = 300_000;

type Output = Job['outputs'][number];

/**
 * Makes one job of assets that came with the request, and waits for its output. When there is no job, the assets go.
 *
 * @returns undefined when nobody is there any more to hear the answer
 * @throws AppError what the job is refused for or failed with, WAIT_TIMED_OUT, OVERLOADED
 */
export async function runJob(
  deps: RouteDeps,
  actor: Actor,
  assets: readonly Asset[],
  params: Readonly<Record<string, unknown>>,
  reply: FastifyReply,
): Promise<Output | undefined> {
  const inputs = assets.map(({ id }) => id);
  const request = { processor: processorName, inputs, params, priority: 'high' as const };
  const created = await deps.jobs.create(actor, request).catch(async (error: unknown) => {
    await discard(deps, actor, assets);
    throw error;
  });
  reply.header('x-job-id', created.id);
  const job = await waitForJob(deps.jobs, actor, created, maxWaitMs, reply, deps.closing);
  return reply.raw.destroyed ? undefined : finishedOutput(job, deps.closing.aborted);
}

export async function discard(deps: RouteDeps, actor: Actor, assets: Iterable<Asset>): Promise<void> {
  for (const { id } of assets) await deps.assets.remove(actor, id).catch(() => {});
}
