import { type Kysely, sql, type Transaction } from 'kysely';
import type { Audit } from '#audit/audit.ts';
import { isUniqueViolation } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { isId } from '#kernel/ids.ts';
import { type Acting, actOf } from '../acting.ts';
import { readTenantPlan, tenantNotFound } from './known-plans.ts';
import type { Plan, TenantPlan } from './plan.ts';
import { planColumns, planOf, rowOf } from './plan-rows.ts';

/** The plans there are, and who has which. Everything that changes is recorded, and told to all processes. */
export interface PlanCatalog {
  /** By id. */
  list(): Promise<Plan[]>;
  /** @throws AppError PLAN_NAME_TAKEN, INVALID_PARAMETERS for an id that is none */
  create(by: Acting, plan: Plan): Promise<Plan>;
  /** Holds at once for every tenant that has it. @throws AppError PLAN_NOT_FOUND, PLAN_IN_USE for `unlimited` */
  change(by: Acting, plan: Plan): Promise<Plan>;
  /** @throws AppError PLAN_NOT_FOUND, PLAN_IN_USE */
  remove(by: Acting, id: string): Promise<void>;
  /** @throws AppError TENANT_NOT_FOUND, PLAN_NOT_FOUND */
  assign(by: Acting, tenantId: string, change: PlanAssignment): Promise<TenantPlan>;
}

export interface PlanAssignment {
  readonly planId?: string | undefined;
  readonly status?: TenantPlan['status'] | undefined;
}

export interface PlanCatalogDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: Pick<FanOut, 'tell'>;
  readonly audit: Audit;
}

/** Every tenant's, unless somebody gives it another. */
export const defaultPlanId = 'unlimited';
const maxPlans = 100;

export function createPlanCatalog({ db, fanOut, audit }: PlanCatalogDeps): PlanCatalog {
  const record = (trx: Transaction<Database>, by: Acting, action: string, { subject, ...change }: PlanChange) =>
    audit.record(actOf(by, action, subject, { tenantId: null, ...change }), trx);

  return {
    async list() {
      const rows = await db.selectFrom('plans').select(planColumns).orderBy('id').execute();
      return rows.map(planOf);
    },

    async create(by, plan) {
      const added = db.transaction().execute(async (trx) => {
        const { count } = await trx
          .selectFrom('plans')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        if (count >= maxPlans) {
          throw new AppError(
            'PLAN_IN_USE',
            `There are ${maxPlans} plans already, as many as there may be. Remove some.`,
          );
        }
        await trx.insertInto('plans').values(rowOf(plan)).execute();
        await record(trx, by, 'plan.created', { subject: { kind: 'plan', id: plan.id }, after: { ...plan } });
      });
      await added.catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError('PLAN_NAME_TAKEN', `There is a plan "${plan.id}" already. Choose another id, or change it.`);
      });
      return plan;
    },

    async change(by, plan) {
      if (plan.id === defaultPlanId) {
        throw new AppError(
          'PLAN_IN_USE',
          'The plan "unlimited" stays as it is, because every new workspace gets it. Create another one.',
        );
      }
      await db.transaction().execute(async (trx) => {
        const before = await holdPlan(trx, plan.id);
        const { id, ...values } = rowOf(plan);
        await trx
          .updateTable('plans')
          .set({ ...values, updated_at: sql<Date>`now()` })
          .where('id', '=', id)
          .execute();
        await record(trx, by, 'plan.changed', {
          subject: { kind: 'plan', id },
          before: { ...before },
          after: { ...plan },
        });
      });
      // Of whom there may be many.
      fanOut.tell('access-changed', []);
      return plan;
    },

    async remove(by, id) {
      await db.transaction().execute(async (trx) => {
        const before = await holdPlan(trx, id);
        const user = await trx.selectFrom('tenants').select('id').where('plan_id', '=', id).limit(1).executeTakeFirst();
        if (user !== undefined || id === defaultPlanId) {
          const whose = id === defaultPlanId ? 'the plan of every new workspace' : 'the plan of some workspace';
          throw new AppError('PLAN_IN_USE', `"${id}" is ${whose}. Give those that have it another plan first.`);
        }
        await trx.deleteFrom('plans').where('id', '=', id).execute();
        await record(trx, by, 'plan.removed', { subject: { kind: 'plan', id }, before: { ...before } });
      });
    },

    async assign(by, tenantId, { planId, status }) {
      const now = await db.transaction().execute(async (trx) => {
        const tenant = isId(tenantId)
          ? await trx
              .selectFrom('tenants')
              .select(['plan_id', 'status'])
              .where('id', '=', tenantId)
              .forUpdate()
              .executeTakeFirst()
          : undefined;
        if (tenant === undefined) throw tenantNotFound();
        if (planId !== undefined) await holdPlan(trx, planId);
        const after = { plan_id: planId ?? tenant.plan_id, status: status ?? tenant.status };
        await trx
          .updateTable('tenants')
          .set({ ...after, updated_at: sql<Date>`now()`, updated_by: by.principal.userId })
          .where('id', '=', tenantId)
          .execute();
        await record(trx, by, 'tenant.plan-assigned', {
          tenantId,
          subject: { kind: 'tenant', id: tenantId },
          before: { planId: tenant.plan_id, status: tenant.status },
          after: { planId: after.plan_id, status: after.status },
        });
        return await readTenantPlan(trx, tenantId);
      });
      fanOut.tell('access-changed', [tenantId]);
      // Its jobs that waited may go on.
      fanOut.tell('job-queued');
      return now;
    },
  };
}

interface PlanChange {
  readonly tenantId?: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** The plan, which stays while the transaction lasts. @throws AppError PLAN_NOT_FOUND */
async function holdPlan(trx: Transaction<Database>, id: string): Promise<Plan> {
  const row = await trx.selectFrom('plans').select(planColumns).where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined)
    throw new AppError('PLAN_NOT_FOUND', 'There is no such plan. GET /v1/plans lists those there are.');
  return planOf(row);
}
