import type { FastifyRequest } from 'fastify';
import type { Plans } from '#accounts/plans/plan.ts';
import type { Principal } from '#accounts/principal.ts';
import { planRefusal } from '#database/refusals.ts';
import { AppError } from '#kernel/errors.ts';
import type { Metrics } from '#observability/metrics.ts';
import type { Api } from '../deps.ts';
import { accessOf, type RouteAccess } from '../route-access.ts';

/** Permissions under which something new is made. */
const making: readonly RouteAccess[] = [
  'assets:write',
  'jobs:write',
  'templates:write',
  'schedules:write',
  'shares:write',
];

/**
 * Refuses what would make something new in a workspace that is suspended, before a byte of the body is read, and counts
 * what plans refuse, wherever it was refused.
 */
export function addPlanGate(
  api: Api,
  { plans, metrics }: { readonly plans: Plans; readonly metrics: Pick<Metrics, 'planRefused'> },
  resolveActor: (request: FastifyRequest) => Principal,
): void {
  api.addHook('onRequest', async (request) => {
    if (!makes(request)) return;
    const { status } = await plans.of(resolveActor(request).tenantId);
    if (status === 'suspended') throw planRefusal('TENANT_SUSPENDED');
  });

  api.addHook('onError', async (_request, _reply, error: unknown) => {
    if (!(error instanceof AppError)) return;
    const { limit } = error.extensions;
    if (error.code === 'TENANT_SUSPENDED') metrics.planRefused('suspended');
    else if (typeof limit === 'string' && planCodes.includes(error.code)) metrics.planRefused(limit);
  });
}

/** `limit` is one of the plan's names with these alone. */
const planCodes: readonly string[] = ['PLAN_LIMIT', 'QUOTA_EXCEEDED', 'UPLOAD_TOO_LARGE'];

/** Removing, stopping, and asking how far an upload is, make nothing. */
function makes({ method, routeOptions: { url = '' } }: FastifyRequest): boolean {
  if (method === 'DELETE' || method === 'HEAD' || method === 'OPTIONS' || url.endsWith('/cancel')) return false;
  const asked = accessOf(method, url);
  return asked !== undefined && making.includes(asked);
}
