import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { fastify, LogController } from 'fastify';
import { newId } from '#kernel/ids.ts';
import { kibibyte, mebibyte } from '#kernel/units.ts';
import type { Api, AppDeps } from './deps.ts';
import { createLastingRequests } from './lasting-requests.ts';
import { addAccessLog } from './plugins/access-log.ts';
import { addActsOnRecord } from './plugins/acts-on-record.ts';
import { addAuthorization } from './plugins/authorization.ts';
import { addJsonParser, addUploadParsers } from './plugins/body-parsers.ts';
import { addDocumentation } from './plugins/documentation.ts';
import { addBodyDrain } from './plugins/drain-refused-bodies.ts';
import { addGracefulClose } from './plugins/graceful-close.ts';
import { addPlanGate } from './plugins/plan-gate.ts';
import { addAddressLimits, addPrincipalLimits } from './plugins/rate-limits.ts';
import { addRequestGuards } from './plugins/request-guards.ts';
import { addResponseHeaders } from './plugins/response-headers.ts';
import { addLoadShedding } from './plugins/shed-load.ts';
import { addSignInLimits } from './plugins/sign-in-limits.ts';
import { addUnknownAddresses } from './plugins/unknown-addresses.ts';
import { replyWithProblem } from './problem-details.ts';
import { answerProtocolError } from './protocol-errors.ts';
import { sharedRecentImages } from './recent-images.ts';
import { routes, uploadRoutes } from './routes.ts';
import { addStudio } from './studio.ts';

const jsonLimitBytes = 256 * kibibyte;
/** 60 MiB at 1 Mbit/s take eight minutes. */
const requestTimeoutMs = 10 * 60_000;
const headersTimeoutMs = 20_000;
/** Longer than the idle timeout of the usual proxies, so that they close first and never write to a closed socket. */
const keepAliveTimeoutMs = 72_000;
const maxConnections = 12_000;

/**
 * Builds the HTTP side of the program. It listens when the caller calls `listen`; `close` ends it gracefully.
 */
export async function createApp(deps: AppDeps): Promise<Api> {
  const { config, health, metrics, logger } = deps;
  const api: Api = fastify({
    loggerInstance: logger,
    // Our own access log has one line for each request, without headers.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: config.trustProxy,
    bodyLimit: jsonLimitBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // How long closing may take is for the caller to say.
    pluginTimeout: 0,
    // A missing Host header is answered by our own guard, with a problem document.
    http: { headersTimeout: headersTimeoutMs, requireHostHeader: false },
    clientErrorHandler: answerProtocolError,
    frameworkErrors: replyWithProblem,
    allowErrorHandlerOverride: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  api.server.maxConnections = maxConnections;

  api.setValidatorCompiler(TypeBoxValidatorCompiler);
  api.setErrorHandler(replyWithProblem);
  addUnknownAddresses(api);
  addJsonParser(api);

  addAccessLog(api, metrics);
  addResponseHeaders(api, config);
  const closing = addGracefulClose(api, health);
  const access = addAddressLimits(api, deps.limits, deps.access, config.signsIn === true);
  addLoadShedding(api, deps.limits);
  addRequestGuards(api, config);
  const resolveActor = addAuthorization(api, access);
  addPrincipalLimits(api, deps.limits, resolveActor);
  addPlanGate(api, deps, resolveActor);
  addSignInLimits(api, deps.limits.signIn, resolveActor);
  addBodyDrain(api, config.maxUploadBytes + mebibyte);

  await addDocumentation(api, config.version);
  await addStudio(api, config.studioDir);
  const recent = sharedRecentImages(deps.fanOut);
  api.addHook('onClose', async () => recent.close());
  const lasting = createLastingRequests({ ...deps, resolveActor });
  api.addHook('onClose', async () => lasting.close());
  const routeDeps = { ...deps, closing, resolveActor, recentImages: recent.images, lasting };
  addActsOnRecord(api, routeDeps);
  for (const route of routes) route(api, routeDeps);
  await api.register(async (uploads: Api) => {
    await addUploadParsers(uploads);
    for (const route of uploadRoutes) route(uploads, routeDeps);
  });
  await api.ready();
  return api;
}
