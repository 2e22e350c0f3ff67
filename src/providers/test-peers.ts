import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A server on loopback that talks as a provider does; what it answers with a picture is up to the test. */
export interface Peer {
  readonly url: string;
  /** Answers the request that ends with the picture; at first with the picture that was set as `made`. */
  answer: (response: ServerResponse, request: IncomingMessage) => void;
  made: Buffer;
  /** Method and path of each request, in order. */
  readonly requests: string[];
  /** Fields of the last form, and the headers it came with. */
  form: FormData | undefined;
  headers: IncomingMessage['headers'];
  openSockets(): number;
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>;

/** @param route what the peer does besides keeping its books */
export async function startPeer(route: (peer: Peer) => Handler): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer: Peer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (response) => void response.setHeader('content-type', 'image/png').end(peer.made),
    made: Buffer.alloc(0),
    requests: [],
    form: undefined,
    headers: {},
    openSockets: () => sockets.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const handle = route(peer);
  server.on('request', async (request, response) => {
    const { method, url = '' } = request;
    peer.requests.push(`${method} ${url.replace(/\?.*/, '')}`);
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    if (request.headers['content-type']?.startsWith('multipart/form-data')) {
      peer.headers = request.headers;
      peer.form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': request.headers['content-type'] },
      }).formData();
    }
    await handle(request, response, body);
  });
  return peer;
}

/** The bytes of a file in the form that the peer was sent. */
export async function sentFile(peer: Peer, field: string): Promise<Buffer> {
  const file = peer.form?.get(field);
  if (!(file instanceof Blob)) throw new Error(`the form had no file in ${field}`);
  return Buffer.from(await file.arrayBuffer());
}

export const rembgPeer = (): Promise<Peer> =>
  startPeer((peer) => (request, response) => {
    if (request.method === 'POST' && request.url === '/api/remove') peer.answer(response, request);
    else response.writeHead(404).end();
  });

export const removebgPeer = (key: string): Promise<Peer> =>
  startPeer((peer) => (request, response) => {
    const say = (status: number, error: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [error] }));
    if (request.url !== '/v1.0/removebg') say(404, { title: 'Not found' });
    else if (request.headers['x-api-key'] !== key) say(403, { title: 'API Key invalid', code: 'auth_failed' });
    else peer.answer(response, request);
  });

export interface GradioPeerOptions {
  /** Version 5 has its addresses below `/gradio_api`. */
  readonly prefix: string;
  /** Without a name, or without addresses for names, only the queue remains. */
  readonly named: boolean;
  /** Early versions list names in `/config` and do not serve them. */
  readonly serveNames?: boolean;
  /** What is written into the stream of events instead of a result. */
  readonly stream?: (response: ServerResponse, complete: () => void) => void;
  readonly file?: string;
}

/** A Gradio app with one function that takes a picture and some settings, and gives the original and the cut-out. */
export const gradioPeer = (options: GradioPeerOptions): Promise<Peer & { readonly calls: unknown[] }> => {
  const { prefix, named, serveNames = named } = options;
  const file = options.file ?? '/tmp/gradio/8c9f/cut out.png';
  const calls: unknown[] = [];
  const config = {
    version: prefix === '' ? '4.8.0' : '5.23.0',
    protocol: 'sse_v3',
    ...(prefix !== '' && { api_prefix: prefix }),
    components: [
      { id: 1, type: 'textbox', props: { value: 'https://example.com/picture.png' } },
      { id: 2, type: 'slider', props: { value: 40 } },
      { id: 3, type: 'image', props: { value: null } },
      { id: 4, type: 'imageslider', props: {} },
      { id: 5, type: 'json', props: {} },
    ],
    dependencies: [
      { id: 0, api_name: 'text', inputs: [1], outputs: [4] },
      { id: 7, api_name: named ? 'image' : false, inputs: [3, 2], outputs: [4, 5] },
      { id: 8, api_name: 'png', inputs: [2, 3], outputs: [4] },
    ],
  };
  const slider = [
    { path: '/tmp/gradio/1/original.png', url: 'http://127.0.0.1:1/original', meta: { _type: 'gradio.FileData' } },
    { path: file, url: 'http://127.0.0.1:1/elsewhere', meta: { _type: 'gradio.FileData' } },
  ];
  const output = [slider, { seconds: 1 }];
  const say = (response: ServerResponse, value: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const started = startPeer((peer) => {
    const events = (response: ServerResponse, lines: readonly string[], ending: string) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const line of lines) response.write(line);
      const complete = () => void response.end(ending);
      if (options.stream) options.stream(response, complete);
      else complete();
    };
    return (request, response, body) => {
      const [path = ''] = (request.url ?? '').split('?');
      if (path === '/config') return void say(response, config);
      const rest = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '';
      if (rest === '/upload') return void say(response, ['/tmp/gradio/uploads/picture.png']);
      if (request.method === 'POST' && (rest.startsWith('/call/') ? serveNames : rest === '/queue/join')) {
        calls.push(JSON.parse(body.toString()));
        return void say(response, { event_id: 'e1a2b3' });
      }
      if (/^\/call\/\w+\/e1a2b3$/.test(rest) && serveNames) {
        const lines = ['event: heartbeat\ndata: null\n\n', 'event: gener', 'ating\ndata: [null]\n\n'];
        return events(response, lines, `event: complete\ndata: ${JSON.stringify(output)}\n\n`);
      }
      if (rest === '/queue/data') {
        const messages = [{ msg: 'estimation', rank: 0 }, { msg: 'process_starts' }, { msg: 'heartbeat' }];
        const done = { msg: 'process_completed', success: true, output: { data: output } };
        const lines = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`);
        return events(response, lines, `data: ${JSON.stringify(done)}\r\n\r\ndata: {"msg":"close_stream"}\n\n`);
      }
      if (rest === `/file=${encodeURI(file)}`) return peer.answer(response, request);
      response.writeHead(404).end();
    };
  });
  return started.then((peer) => Object.assign(peer, { calls }));
};
