import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address in front of several servers: each request goes to the next of them. */
export interface Front extends AsyncDisposable {
  readonly address: string;
}

/**
 * As a proxy does it in front of a fleet: streams both ways, and asks the next server when one refuses the connection.
 *
 * @param targets addresses of the servers, as they are when a request comes
 */
export async function startFront(targets: () => readonly string[]): Promise<Front> {
  // As proxies do: on a connection that ends with its answer, a body that is refused early cuts the answer off.
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((request, response) => pass(request, response, agent, inTurn()));

  function inTurn(): string[] {
    const all = targets();
    const first = turn++ % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)];
  }

  // What the servers behind allow is theirs to say.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(request: IncomingMessage, response: ServerResponse, agent: Agent, targets: readonly string[]): void {
  const [target, ...others] = targets;
  if (target === undefined) {
    response.writeHead(502, { connection: 'close' }).end('no server takes connections');
    return;
  }
  const { hostname: host, port } = new URL(target);
  const { method, url: path } = request;
  const onward = httpRequest({ host, port, agent, method, path, headers: endToEnd(request.rawHeaders) });
  let answered = false;
  // Not before: a body that has begun to flow cannot be sent to another server.
  onward.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => request.pipe(onward));
    else request.pipe(onward);
  });
  onward.once('response', (answer) => {
    answered = true;
    // A body that was refused before its end is read on, or the client would lose the answer over it.
    answer.once('end', () => {
      if (request.complete) return;
      request.unpipe(onward).resume();
      onward.destroy();
    });
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    answer.once('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', (error: NodeJS.ErrnoException) => {
    request.unpipe(onward);
    if (error.code === 'ECONNREFUSED') return pass(request, response, agent, others);
    if (!answered) response.destroy();
    else request.resume(); // it was refused before its end
  });
  response.once('close', () => {
    if (!response.writableFinished) onward.destroy();
  });
}

/** Headers that are about one connection end with it. */
function endToEnd(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []));
  return pairs.filter(([name = '']) => !/^(connection|keep-alive)$/i.test(name)).flat();
}
