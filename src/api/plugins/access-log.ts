import type { Metrics } from '#observability/metrics.ts';
import type { Api } from '../deps.ts';
import { isProbe } from '../probes.ts';

/**
 * One line and one measurement for each answer. No query string and no header is logged: those carry keys,
 * cookies and signatures.
 */
export function addAccessLog(api: Api, metrics: Metrics): void {
  api.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    // The pattern, never the address: an id or a guess in a label would make a new time series for each.
    const route = request.routeOptions.url ?? 'none';
    metrics.requestEnded({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1_000 });
    const path = secretInPath.test(route) ? route : request.url.split('?', 1)[0];
    const line = { method, path, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime * 10) / 10 };
    if (isProbe(request)) request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
}

/** Whoever reads the log must not be able to open what these open. */
const secretInPath = /:(token|signature)\b/;
