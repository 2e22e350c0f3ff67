import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import { noTenantId } from '../principal.ts';
import { type Plans, type TenantPlan, unlimited } from './plan.ts';
import { planColumns, planOf } from './plan-rows.ts';

export interface KnownPlansDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: Pick<FanOut, 'on'>;
}

export interface KnownPlansOptions {
  /** Tenants whose plan is kept in memory. Default 10,000. */
  readonly maxKnown?: number;
  /** For how long, should nobody say that it has changed. Default 30 seconds. */
  readonly keepMs?: number;
}

export interface KnownPlans extends Plans {
  close(): void;
}

interface Known {
  readonly plan: Promise<TenantPlan>;
  readonly untilMs: number;
}

/**
 * Plans from memory. Forgotten when `access-changed` names the tenant, or nobody in particular; an answer that was under way
 * then is not kept.
 */
export function createKnownPlans({ db, fanOut }: KnownPlansDeps, options: KnownPlansOptions = {}): KnownPlans {
  const { maxKnown = 10_000, keepMs = 30_000 } = options;
  const known = new Map<string, Known>();
  const silence = fanOut.on('access-changed', (ids) => {
    for (const id of ids) known.delete(id);
    if (ids.length === 0) known.clear();
  });

  function ask(tenantId: string): Promise<TenantPlan> {
    const plan = readTenantPlan(db, tenantId);
    const entry = { plan, untilMs: performance.now() + keepMs };
    known.delete(tenantId);
    known.set(tenantId, entry);
    // In the order of their age: the oldest goes.
    for (const [oldest] of known) {
      if (known.size <= maxKnown) break;
      known.delete(oldest);
    }
    plan.catch(() => {
      if (known.get(tenantId) === entry) known.delete(tenantId);
    });
    return plan;
  }

  return {
    async of(tenantId) {
      // Who belongs to none can make nothing, so nothing has to be counted.
      if (tenantId === noTenantId) return unlimited;
      const entry = known.get(tenantId);
      return entry !== undefined && performance.now() < entry.untilMs ? entry.plan : ask(tenantId);
    },
    close: silence,
  };
}

/** @throws AppError TENANT_NOT_FOUND */
export async function readTenantPlan(db: Kysely<Database>, tenantId: string): Promise<TenantPlan> {
  const row = isId(tenantId)
    ? await db
        .selectFrom('tenants')
        .innerJoin('plans', 'plans.id', 'tenants.plan_id')
        .select([...planColumns, 'tenants.status'])
        .where('tenants.id', '=', tenantId)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw tenantNotFound();
  return { plan: planOf(row), status: row.status };
}

export function tenantNotFound(): AppError {
  return new AppError('TENANT_NOT_FOUND', 'There is no such workspace. GET /v1/tenants lists those there are.');
}
