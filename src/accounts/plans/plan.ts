/** What a tenant may use. Null: as much as the server can. */
export interface Plan {
  readonly id: string;
  /** As people read it: `Free`, `Studio`. */
  readonly name: string;
  readonly requestsPerMinute: number | null;
  /** Jobs that are asked for, however: one by one, in batches, by steps. */
  readonly jobsPerMinute: number | null;
  /** Jobs of the tenant that all workers together run at once. */
  readonly concurrentJobs: number | null;
  /** Of uploads and results together, each byte counted once. */
  readonly storedBytes: number | null;
  readonly uploadBytes: number | null;
  /** Pictures made in a month of the calendar, UTC. What was known already costs nothing. */
  readonly imagesPerMonth: number | null;
  /** Minutes of sound worked on in such a month. */
  readonly audioMinutesPerMonth: number | null;
  /** How long finished jobs are kept; null: as long as the configuration says. */
  readonly retentionSeconds: number | null;
  /** How long the record of acts is kept. */
  readonly auditRetentionDays: number | null;
}

export interface TenantPlan {
  readonly plan: Plan;
  /** Suspended: what is there can be read and taken away, nothing new is made. */
  readonly status: 'active' | 'suspended';
}

/** Which plan a tenant has; asked for with every request, so answered from memory, and forgotten when it changes. */
export interface Plans {
  /** @throws AppError TENANT_NOT_FOUND */
  of(tenantId: string): Promise<TenantPlan>;
}

/** As it is built in. */
export const unlimited: TenantPlan = {
  plan: {
    id: 'unlimited',
    name: 'Unlimited',
    requestsPerMinute: null,
    jobsPerMinute: null,
    concurrentJobs: null,
    storedBytes: null,
    uploadBytes: null,
    imagesPerMonth: null,
    audioMinutesPerMonth: null,
    retentionSeconds: null,
    auditRetentionDays: null,
  },
  status: 'active',
};
