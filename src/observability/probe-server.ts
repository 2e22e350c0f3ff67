import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

/** Answers those who ask how this process is, and nobody else: for workers, and where the API asks for a secret. */
export interface ProbeServer {
  /** @returns its address: `http://127.0.0.1:9090` */
  listen(where: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<void>;
}

/** Probes are small and few: what is more comes from somebody else. */
const maxConnections = 64;
const timeoutMs = 10_000;

/** The same `/livez`, `/readyz` and `/metrics` as the API's. */
export function createProbeServer(health: Health, metrics: Metrics): ProbeServer {
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/livez': async (response) => send(response, 200, { status: 'alive' }),
    '/readyz': async (response) => {
      const reasons = await health.notReady();
      const ready = reasons.length === 0;
      send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', reasons });
    },
    '/metrics': async (response) => {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text());
    },
  };
  const server = createServer({ requestTimeout: timeoutMs, keepAliveTimeout: timeoutMs }, (request, response) => {
    const answer = answers[request.url?.split('?', 1)[0] ?? ''];
    if (answer === undefined) send(response, 404, { status: 'not found' });
    else if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, { status: 'only GET' });
    else answer(response).catch(() => send(response, 500, { status: 'failed' }));
  });
  server.maxConnections = maxConnections;
  return {
    async listen({ host, port }) {
      server.listen({ host, port });
      await once(server, 'listening'); // or throws what kept it from listening
      const { address, family, port: bound } = server.address() as AddressInfo;
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
