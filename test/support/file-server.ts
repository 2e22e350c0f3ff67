import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer extends AsyncDisposable {
  readonly origin: string;
  /** What was asked: path and Range header. */
  readonly requests: { readonly path: string; readonly range: string | undefined }[];
  /** May be replaced while it runs. */
  answer: Answer;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on loopback that answers as it is told. */
export async function startFileServer(answer: Answer): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const files: { answer: Answer } = { answer };
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', range: request.headers.range });
    files.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(files, {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export interface Behaviour {
  readonly etag?: string;
  /** Cuts the connection after this many bytes of the answer. */
  readonly cutAfter?: number;
  /** What Content-Length says, where it lies. */
  readonly says?: number;
  /** Goes silent after this many bytes. */
  readonly silentAfter?: number;
  /** Says 206 whatever If-Range says. */
  readonly ignoresIfRange?: boolean;
}

/** A moment later: a client throws away what it has not read yet when its connection breaks. */
function cut(response: ServerResponse): void {
  response.destroy();
}

/** A file as HTTP serves it: ETag, Range, If-Range; or not quite, as told. */
export function serveBytes(bytes: Buffer, behaviour: Behaviour = {}): Answer {
  const { etag = '"one"', cutAfter, says, silentAfter, ignoresIfRange = false } = behaviour;
  return ({ headers }, response) => {
    const ifRange = headers['if-range'];
    const match = /^bytes=(\d+)-$/.exec(headers.range ?? '');
    const start = match && (ignoresIfRange || ifRange === undefined || ifRange === etag) ? Number(match[1]) : 0;
    if (start > 0 && start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const body = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-length': says ?? body.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const sent = cutAfter ?? silentAfter;
    if (sent === undefined || sent >= body.length) response.end(body);
    else response.write(body.subarray(0, sent), () => cutAfter !== undefined && setTimeout(cut, 20, response));
  };
}
