import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'What happens to jobs and batches, as Server-Sent Events',
  description:
    'Events `job` and `batch` carry the state, without what is large; `{id, removed: true}` when it is gone. `ready` says ' +
    'that nothing after it is missed. `reset` says that something was left out: ask for the state again. With the ' +
    'id of the last event, in `Last-Event-ID` or `lastEventId`, any process goes on from there; events may come twice.',
  tags: ['events'],
  produces: ['text/event-stream'],
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 100 })) }),
  querystring: Type.Object(
    {
      lastEventId: Type.Optional(
        Type.String({ maxLength: 100, description: 'For the first request of a client that cannot set headers.' }),
      ),
      job: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this job.' })),
      batch: Type.Optional(Type.String({ maxLength: 100, description: 'Only of this batch and its jobs.' })),
    },
    { additionalProperties: false },
  ),
};

export const getEvents: Route = (api, { events, jobs, batches, resolveActor, lasting, closing }) => {
  closing.addEventListener('abort', () => events.close());

  api.get('/v1/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const actor = resolveActor(request);
    const { job: jobId, batch: batchId, lastEventId: asked } = request.query;
    if (jobId !== undefined) await jobs.get(actor, jobId);
    if (batchId !== undefined) await batches.get(actor, batchId);
    // A browser that reconnects by itself repeats the address, and says in the header how far it came since.
    const lastEventId = request.headers['last-event-id'] ?? asked;
    events.checkRoom(actor);
    const chunked = writeHead(reply);
    const { socket } = request.raw;
    const signal = lasting.watch(request);
    events.open({ actor, socket, chunked, lastEventId: lastEventId || undefined, jobId, batchId, signal });
    return reply;
  });
};

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  // For nginx, which would gather events until they are many.
  'x-accel-buffering': 'no',
} as const;

/** @returns whether what follows must be in chunks */
function writeHead(reply: FastifyReply): boolean {
  const { raw } = reply;
  // Behind another request on the same connection, whose answer comes first.
  if (raw.socket === null) throw new AppError('BAD_REQUEST', 'Ask for events on a connection of their own.');
  reply.hijack();
  const headers = { ...reply.getHeaders(), ...streamHeaders };
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
  raw.flushHeaders();
  return raw.chunkedEncoding;
}
