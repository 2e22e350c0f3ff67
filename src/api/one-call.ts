import type { Asset } from '#assets/asset.ts';
import type { Job } from '#jobs/job.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Processor } from '#processors/contract.ts';
import type { Api, RouteDeps } from './deps.ts';
import { formParams, propertiesOf } from './form-params.ts';
import { contentHeaders, etagOf } from './object-response.ts';
import { receiveUpload, type Upload, uploadOptions } from './upload.ts';
import { finishedOutput, waitForJob } from './waiting.ts';

export interface OneCall {
  readonly path: string;
  readonly processor: string;
  /** Names the file part may have in a form. */
  readonly fileFields: readonly [string, ...string[]];
  readonly summary: string;
  /** Further files that a form may have; they become inputs after the first. */
  readonly extras?: ExtraFiles;
  /** Headers that tell of the output, beside the picture itself. */
  readonly facts?: (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
}

export interface ExtraFiles {
  readonly fields: readonly string[];
  /**
   * Says in the parameters what the files are for.
   *
   * @param params as they were sent
   * @param inputs index of each file's input, by its field
   */
  place(params: Readonly<Record<string, unknown>>, inputs: ReadonlyMap<string, number>): Record<string, unknown>;
}

/** What the client grants on top of the processor's own deadline, for its turn in the line. */
const queueAllowanceMs = 30_000;
const maxWaitMs = 300_000;

/**
 * One request that does it all: file in, first output out, through the same queue and with the same limits as every
 * job. Adds nothing when the processor is not installed.
 */
export function addOneCall(api: Api, deps: RouteDeps, call: OneCall): void {
  const { path, processor: name, fileFields, summary, extras } = call;
  const processor = deps.processors.find((candidate) => candidate.name === name);
  if (!processor) return;
  const { schema, ...options } = uploadOptions(fileFields[0], propertiesOf(processor.params), extras?.fields);
  const described = {
    ...schema,
    summary,
    description: `A form with the file in \`${fileFields.join('` or `')}\`${alsoFiles(extras)} and parameters as further fields (or as JSON in \`params\`), or the raw file with parameters in the query.`,
    tags: ['one call'],
  };

  api.post(path, { ...options, schema: described }, async (request, reply) => {
    const actor = deps.resolveActor(request);
    const upload = await receiveUpload(request, deps, actor, fileFields, extras?.fields);
    const created = await createJob(deps, actor, processor, upload, request.query, extras);
    reply.header('x-job-id', created.id);

    const { asset } = upload;
    const timeoutMs = Math.min(processor.deadlineMs(filesOf(upload), created.params) + queueAllowanceMs, maxWaitMs);
    const job = await waitForJob(deps.jobs, actor, created, timeoutMs, reply, deps.closing);
    // Nobody is there to hear the answer; the job goes on for whoever asks next.
    if (reply.raw.destroyed) return reply.hijack();
    const output = finishedOutput(job, deps.closing.aborted);
    const body = await deps.store.read(output.sha256);
    for (const fact of ['confidence', 'quality']) {
      if (output.data?.[fact] !== undefined) reply.header(`x-${fact}`, String(output.data[fact]));
    }
    return reply
      .headers(contentHeaders({ ...output, name: asset.name }))
      .headers(call.facts?.(output.data ?? {}) ?? {})
      .headers({ etag: etagOf(output.sha256), 'content-length': output.sizeBytes, 'x-cached': String(job.cached) })
      .send(body);
  });
}

/** A call that is refused leaves nothing behind. */
async function createJob(
  { jobs, assets }: RouteDeps,
  actor: Actor,
  processor: Processor,
  upload: Upload,
  query: unknown,
  extras: ExtraFiles | undefined,
): Promise<Job> {
  const files = filesOf(upload);
  try {
    const sent = [...Object.entries(query as Record<string, string>), ...upload.fields];
    const params = formParams(processor.params, sent);
    const indexes = new Map([...upload.extras.keys()].map((field, index) => [field, index + 1]));
    return await jobs.create(actor, {
      processor: processor.name,
      inputs: files.map(({ id }) => id),
      params: extras === undefined ? params : extras.place(params, indexes),
      priority: 'high',
    });
  } catch (error) {
    for (const { id } of files) await assets.remove(actor, id).catch(() => {});
    throw error;
  }
}

function filesOf({ asset, extras }: Upload): readonly Asset[] {
  return [asset, ...extras.values()];
}

function alsoFiles(extras: ExtraFiles | undefined): string {
  return extras === undefined ? '' : `, further files in \`${extras.fields.join('`, `')}\``;
}
