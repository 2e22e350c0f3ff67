import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { AppError } from '#kernel/errors.ts';
import { maxAnswerBytes } from '../../check-answer.ts';
import { eventsOf, type StreamEvent } from '../../event-stream.ts';
import { badAnswer, type ProviderCall, readJson, saveBody, send, unavailable } from '../../http.ts';
import type { CutOutRequest, MaskProvider } from '../../mask-provider.ts';
import { findFunction, type GradioFunction, lastFile } from './gradio-app.ts';

const name = 'gradio';

/**
 * A Gradio app, such as a Space: the picture is uploaded, a function is put into the app's queue, its stream of events
 * is read to the end, and the file that it names is fetched from the same host.
 *
 * @param url of the app; its fragment names a function: `https://user-space.hf.space#/png`
 * @see gradio.app/guides/querying-gradio-apps-with-curl; for functions without a name, `submit.ts` of its own client
 */
export function gradioProvider(url: string): MaskProvider {
  const app = new URL(url);
  const wanted = app.hash.replace(/^#\/?/, '') || undefined;
  app.hash = '';
  app.search = '';
  const base = app.href.replace(/\/+$/, '');

  const call = async (path: string, signal: AbortSignal, more: Partial<ProviderCall> = {}): Promise<Response> => {
    const target = URL.parse(base + path);
    // Parts of the path are the app's own words.
    if (target?.origin !== app.origin) throw badAnswer(name, 'it names an address elsewhere');
    return await send({ provider: name, url: target, signal, ...more });
  };
  const post = async (path: string, body: FormData | object, signal: AbortSignal): Promise<unknown> => {
    const sent =
      body instanceof FormData
        ? { body }
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return await readJson(name, await call(path, signal, { method: 'POST', ...sent }), signal);
  };

  async function upload({ prefix }: GradioFunction, { path, mediaType, signal }: CutOutRequest): Promise<string> {
    const form = new FormData();
    form.set('files', await openAsBlob(path, { type: mediaType }), `picture.${mediaType.replace('image/', '')}`);
    const answer = await post(`${prefix}/upload?upload_id=${randomUUID()}`, form, signal);
    const [uploaded] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (typeof uploaded === 'string') return uploaded;
    throw badAnswer(name, 'it does not say where it put the picture');
  }

  /** For functions with a name: two requests, as people do by hand. */
  async function callByName(apiName: string, prefix: string, data: readonly unknown[], signal: AbortSignal) {
    const eventId = eventIdOf(await post(`${prefix}/call/${apiName}`, { data }, signal));
    return await call(`${prefix}/call/${apiName}/${eventId}`, signal);
  }

  /** For those without: a place in the queue, and a stream for the session. */
  async function joinQueue({ prefix, index }: GradioFunction, data: readonly unknown[], signal: AbortSignal) {
    const session = randomUUID().replaceAll('-', '').slice(0, 12);
    const request = { data, fn_index: index, session_hash: session, event_data: null, trigger_id: null };
    eventIdOf(await post(`${prefix}/queue/join`, request, signal));
    return await call(`${prefix}/queue/data?session_hash=${session}`, signal);
  }

  return {
    name,
    address: url,
    async cutOut(request) {
      const { signal } = request;
      const chosen = findFunction(name, await readJson(name, await call('/config', signal), signal), wanted);
      const { prefix, apiName } = chosen;
      const picture = { path: await upload(chosen, request), meta: { _type: 'gradio.FileData' } };
      const data = chosen.inputs.map((value, at) => (at === chosen.pictureAt ? picture : value));
      const stream =
        apiName === undefined
          ? await joinQueue(chosen, data, signal)
          : await callByName(apiName, prefix, data, signal).catch((error: unknown) => {
              // Apps of early Gradio 4 have names, and no address for them.
              if (!(error instanceof AppError) || error.code !== 'PROVIDER_REFUSED') throw error;
              return joinQueue(chosen, data, signal);
            });
      const file = lastFile(await resultOf(eventsOf(name, stream, signal)));
      if (file === undefined) throw badAnswer(name, 'its function gave no file');
      // Named by its path there, never by an address it gives us: that might be anybody's.
      const response = await call(
        `${prefix}/file=${encodeURI(file.toWellFormed()).replace(/[?#]/g, encodeURIComponent)}`,
        signal,
      );
      return await saveBody(name, response, { ...request, maxBytes: maxAnswerBytes(request) });
    },
  };
}

function eventIdOf(answer: unknown): string {
  const { event_id: id } = (answer ?? {}) as { readonly event_id?: unknown };
  if (typeof id === 'string' && /^[\w-]{1,100}$/.test(id)) return id;
  throw badAnswer(name, 'its queue gave no place');
}

/** Reads events of either kind up to the one that ends the work. */
async function resultOf(events: AsyncIterable<StreamEvent>): Promise<unknown> {
  for await (const { event, data } of events) {
    if (event === 'error') throw unavailable(name, 'says that its function failed');
    if (event === 'complete') return parsed(data);
    if (event !== 'message') continue;
    const message = (parsed(data) ?? {}) as {
      readonly msg?: string;
      readonly success?: boolean;
      readonly output?: { readonly data?: unknown };
    };
    if (message.msg === 'queue_full') throw unavailable(name, 'has a full queue');
    if (message.msg === 'unexpected_error') throw unavailable(name, 'says that its function failed');
    if (message.msg !== 'process_completed') continue;
    if (message.success === false) throw unavailable(name, 'says that its function failed');
    return message.output?.data;
  }
  throw unavailable(name, 'ended its stream of events before the result');
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw badAnswer(name, 'an event of its stream is not JSON', cause);
  }
}
