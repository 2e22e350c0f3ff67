import { createKnownPlans, type KnownPlans } from '#accounts/plans/known-plans.ts';
import { createPlanCatalog, type PlanCatalog } from '#accounts/plans/plan-service.ts';
import { addUp, createUsageReader, type UsageReader } from '#accounts/plans/usage.ts';
import { every } from '#jobs/every.ts';
import type { Quota } from '#limits/quota.ts';
import { quotaOfPlans } from '#limits/quota-of-plans.ts';
import { openAudit } from './audit.ts';
import type { Engines } from './engines.ts';
import type { Parts } from './parts.ts';

/** Readers add up by themselves what they have to know to the last job. */
const addUpMs = 10_000;

/** Which plan who has, for all in this process who ask. */
export function openPlans({ database, fanOut }: Engines, opened: AsyncDisposableStack): KnownPlans {
  const plans = createKnownPlans({ db: database.db, fanOut });
  opened.defer(async () => plans.close());
  return plans;
}

/** For the API. */
export function openPlanCatalog(parts: Parts): PlanCatalog {
  const { database, fanOut } = parts.engines;
  return createPlanCatalog({ db: database.db, fanOut, audit: openAudit(parts) });
}

export function openUsage({ engines }: Pick<Parts, 'engines'>): UsageReader {
  return createUsageReader(engines.database.db);
}

/** What may still be stored. */
export function openQuota({ engines, plans }: Pick<Parts, 'engines' | 'plans'>): Quota {
  return quotaOfPlans({ db: engines.database.db, plans });
}

/** Adds up what is used, together with all other processes that work. */
export function startUsage({ engines, log }: Parts, opened: AsyncDisposableStack): void {
  const adding = every(
    addUpMs,
    () => addUp(engines.database.db),
    (err) => log.warn({ err }, 'what is used could not be added up; trying again'),
  );
  opened.defer(() => adding.close());
}
