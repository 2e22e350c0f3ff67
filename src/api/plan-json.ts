import { Type } from 'typebox';
import type { Plan } from '#accounts/plans/plan.ts';

const limit = (description: string, minimum: number) =>
  Type.Union([Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()], { description });
/** Columns of four bytes. */
const smallLimit = (description: string) =>
  Type.Union([Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), Type.Null()], { description });

/** Null: as much as the server can. */
const limits = {
  requestsPerMinute: smallLimit('Requests of one person or key in a minute.'),
  jobsPerMinute: smallLimit('Jobs asked for in a minute, one by one, in batches, or by steps.'),
  concurrentJobs: smallLimit('Jobs that run at once; others wait.'),
  storedBytes: limit('Bytes of uploads and results together, each counted once.', 0),
  uploadBytes: limit('Bytes of one upload.', 1),
  imagesPerMonth: limit('Pictures made in a month of UTC. What was known already costs nothing.', 0),
  audioMinutesPerMonth: limit('Minutes of sound worked on in such a month.', 0),
  retentionSeconds: limit('How long finished jobs are kept at most.', 1),
  auditRetentionDays: smallLimit('How long the record of acts is kept.'),
};

const optionalLimits = Type.Partial(Type.Object(limits)).properties;

const name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });

export const PlanIdSchema = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'Like `studio-large`.' });

export const PlanSchema = Type.Object({ id: Type.String(), name, ...limits });

/** What is left out is not limited. */
export const PlanBody = Type.Object({ name, ...optionalLimits }, { additionalProperties: false });
export const NewPlanBody = Type.Object({ id: PlanIdSchema, name, ...optionalLimits }, { additionalProperties: false });

export const PlanParams = Type.Object({ id: Type.String() });

/** @param sent what is missing is null */
export function planFrom(id: string, sent: { readonly name: string } & Partial<Plan>): Plan {
  return {
    id,
    name: sent.name.trim(),
    requestsPerMinute: sent.requestsPerMinute ?? null,
    jobsPerMinute: sent.jobsPerMinute ?? null,
    concurrentJobs: sent.concurrentJobs ?? null,
    storedBytes: sent.storedBytes ?? null,
    uploadBytes: sent.uploadBytes ?? null,
    imagesPerMonth: sent.imagesPerMonth ?? null,
    audioMinutesPerMonth: sent.audioMinutesPerMonth ?? null,
    retentionSeconds: sent.retentionSeconds ?? null,
    auditRetentionDays: sent.auditRetentionDays ?? null,
  };
}
