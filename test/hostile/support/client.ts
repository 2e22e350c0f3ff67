import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { IsolatedServer } from './isolated-server.ts';
import { leakIn } from './leaks.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** From the last byte that was sent, or the first where the answer came before. */
  readonly milliseconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
  json(): any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array | Readable | FormData | undefined;
}

/** Sends requests to the server under test, and looks through every answer for what no answer may have. */
export interface Client {
  ask(path: string, options?: Ask): Promise<Answer>;
  sendJson(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  sendFile(path: string, file: Buffer, name?: string, fields?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Bytes as they are, and all that comes back until the server closes. */
  sendRaw(bytes: string | Buffer): Promise<string>;
  close(): void;
}

const patienceMs = 60_000;

/** @param always headers of every request, such as who sends it */
export function openClient(server: IsolatedServer, always: Readonly<Record<string, string>> = {}): Client {
  const { socketPath, host } = server;
  const agent = new Agent({ keepAlive: true });

  async function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
    const form = body instanceof FormData ? await encode(body) : undefined;
    const content = form?.bytes ?? body;
    let startedMs = performance.now();
    const sent = request({
      socketPath,
      agent,
      path,
      method,
      headers: { host, ...always, ...(form && { 'content-type': form.type }), ...lengthOf(content), ...headers },
      signal: AbortSignal.timeout(patienceMs),
      insecureHTTPParser: true,
    });
    // What counts is how long the server thinks, not how long the bytes are on their way.
    sent.once('finish', () => {
      startedMs = performance.now();
    });
    if (content instanceof Readable) content.pipe(sent);
    else sent.end(content);
    // A refusal may come, and the connection end, while the rest is still being sent.
    const [response] = await answerOf(sent);
    const bytes = await contentOf(response);
    const milliseconds = performance.now() - startedMs;
    const answer = {
      status: response.statusCode ?? 0,
      headers: response.headers,
      bytes,
      milliseconds,
      json: () => JSON.parse(String(bytes)),
    };
    const leak = leakIn(answer, server);
    if (leak !== undefined)
      throw new Error(`${method} ${path.slice(0, 200)} shows ${leak}: ${String(bytes).slice(0, 2_000)}`);
    return answer;
  }

  return {
    ask,
    sendJson(path, body, headers = {}) {
      const json = typeof body === 'string' ? body : JSON.stringify(body);
      return ask(path, { method: 'POST', body: json, headers: { 'content-type': 'application/json', ...headers } });
    },
    sendFile(path, file, name = 'photo.jpg', fields = {}) {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(file)]), name);
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      return ask(path, { method: 'POST', body: form });
    },
    async sendRaw(bytes) {
      const socket = connect(socketPath);
      await once(socket, 'connect');
      socket.setTimeout(patienceMs, () => socket.destroy(new Error('The server neither answered nor closed.')));
      socket.write(bytes);
      return await text(socket);
    },
    close: () => agent.destroy(),
  };
}

async function encode(form: FormData): Promise<{ bytes: Buffer; type: string }> {
  const response = new Response(form);
  return { bytes: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' };
}

function lengthOf(content: Ask['body']): Record<string, string> {
  if (typeof content === 'string') return { 'content-length': String(Buffer.byteLength(content)) };
  return content instanceof Uint8Array ? { 'content-length': String(content.length) } : {};
}

function answerOf(sent: ReturnType<typeof request>) {
  return new Promise<[import('node:http').IncomingMessage]>((resolve, reject) => {
    sent.once('response', (response) => resolve([response]));
    // Behind an answer, errors are about what was still to be sent.
    sent.on('error', reject);
  });
}

async function contentOf(response: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
