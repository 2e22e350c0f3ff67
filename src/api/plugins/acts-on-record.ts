import type { FastifyRequest } from 'fastify';
import type { Principal } from '#accounts/principal.ts';
import { originOf } from '../act-origin.ts';
import type { Api, RouteDeps } from '../deps.ts';
import { pick, type RouteAct, routeActs } from '../route-acts.ts';

/**
 * Puts on record what `route-acts.ts` says of a route, once it has succeeded and before the answer goes out: what was
 * answered with success is on record, and when it cannot be written the answer is an error.
 */
export function addActsOnRecord(api: Api, deps: RouteDeps): void {
  const befores = new WeakMap<FastifyRequest, Record<string, unknown>>();

  api.addHook('preHandler', async (request) => {
    const act = actOf(request);
    const id = act?.before === undefined ? undefined : subjectOf(act, request, undefined);
    if (act?.before === undefined || id === undefined) return;
    // What cannot be read is for the route itself to say.
    const before = await act.before(deps, deps.resolveActor(request), id).catch(() => undefined);
    if (before !== undefined) befores.set(request, before);
  });

  api.addHook('onSend', async (request, reply, payload) => {
    const act = actOf(request);
    if (act === undefined || reply.statusCode < 200 || reply.statusCode > 299) return;
    const actor: Principal = deps.resolveActor(request);
    await deps.audit.record({
      tenantId: actor.tenantId,
      by: actor,
      action: act.action,
      subject: { kind: act.kind, id: subjectOf(act, request, payload) ?? actor.tenantId },
      before: befores.get(request),
      after: act.after && pick(objectOf(request.body), act.after),
      origin: originOf(request),
    });
  });
}

function actOf({ method, routeOptions: { url } }: FastifyRequest): RouteAct | undefined {
  const act = routeActs[`${method === 'HEAD' ? 'GET' : method} ${url}`];
  return typeof act === 'object' ? act : undefined;
}

function subjectOf(
  { id: { of, name } = { of: 'params', name: 'id' } }: RouteAct,
  { params, body }: FastifyRequest,
  payload: unknown,
): string | undefined {
  const from = {
    params,
    body,
    answer: of === 'answer' && typeof payload === 'string' ? JSON.parse(payload) : undefined,
  };
  const id = objectOf(from[of])[name];
  return typeof id === 'string' ? id : undefined;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
