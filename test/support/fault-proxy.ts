import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { randomFrom } from './random.ts';

/**
 * A bad network between a client and a server that is well, for tests of faults. It passes bytes on, whatever they mean,
 * until it is told to do worse; what it is told holds for connections that are open too.
 */
export interface FaultProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Bytes of both directions that were passed on. */
  readonly passedBytes: number;
  readonly connections: number;
  /** Connections are taken, and nothing ever comes or goes: a partition. Undone by `resume`. */
  pause(): void;
  resume(): void;
  /** New connections are refused at once, as by a machine that runs without its server. Undone by `resume`. */
  refuse(): void;
  /** Ends all connections at once, without a goodbye. */
  cut(): void;
  /** How fast a link is, each way; nothing: as fast as it goes. */
  slow(link: { readonly delayMs?: number; readonly bytesPerSecond?: number }): void;
  /** What becomes of HTTP: asked for every request, when its head has come. `pass` when nothing is set. */
  answer(fault: ((request: RequestHead) => HttpFault) | undefined): void;
  close(): Promise<void>;
}

export interface RequestHead {
  readonly method: string;
  readonly path: string;
}

export type HttpFault =
  | 'pass'
  /** Answered here with this status, and the connection is closed. */
  | { readonly status: number; readonly body?: string }
  /** The server's answer ends after so many bytes, head and all. */
  | { readonly cutAfterBytes: number }
  /** So many bytes of the server's answer, counted behind its head, come through changed. */
  | { readonly changeByteAt: number }
  /** The request is taken, and that is all. */
  | 'silence';

/** A fault for a part of all requests, the same ones whenever the seed is the same. */
export function sometimes(probability: number, fault: HttpFault, seed: number): () => HttpFault {
  const random = randomFrom(seed);
  return () => (random() < probability ? fault : 'pass');
}

/** @param target where the server is: `127.0.0.1:5432` */
export async function openFaultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const state = {
    paused: false,
    refusing: false,
    delayMs: 0,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    fault: undefined as ((request: RequestHead) => HttpFault) | undefined,
  };
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let passedBytes = 0;

  /** Holds bytes back as the state asks: while paused, for the delay, and for as long as the link takes. */
  const link = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const go = (): void => {
          passedBytes += chunk.length;
          const lastMs = state.delayMs + (chunk.length / state.bytesPerSecond) * 1_000;
          if (lastMs < 1) done(null, chunk);
          else setTimeout(done, lastMs, null, chunk);
        };
        if (state.paused) waiting.add(go);
        else go();
      },
    });

  const server = createServer((client) => {
    track(client);
    if (state.refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = track(createConnection(target));
    const exchange = httpExchange(() => state.fault, client);
    client.pipe(link()).pipe(exchange.requests).pipe(upstream);
    upstream.pipe(exchange.answers).pipe(link()).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroySoon());
  });
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  await listen(server);

  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    get passedBytes() {
      return passedBytes;
    },
    get connections() {
      return sockets.size / 2;
    },
    pause() {
      state.paused = true;
    },
    resume() {
      state.paused = false;
      state.refusing = false;
      for (const go of waiting) go();
      waiting.clear();
    },
    refuse() {
      state.refusing = true;
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    slow({ delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY }) {
      Object.assign(state, { delayMs, bytesPerSecond });
    },
    answer(fault) {
      state.fault = fault;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

/**
 * The two ways of one HTTP connection. Faults are chosen at the head of a request; one that touches the answer is meant
 * for the next one, and the connection ends with it: that keeps both sides simple, and clients open another.
 */
function httpExchange(faultNow: () => ((request: RequestHead) => HttpFault) | undefined, client: Socket) {
  let answerLeft = Number.POSITIVE_INFINITY;
  let changeAt: number | undefined;
  let head = '';
  /** What still comes of a request that is not passed on goes nowhere. */
  let isOver = false;

  const requests = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isOver) return done();
      const fault = faultNow();
      const [, method, path] = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(chunk.toString('latin1', 0, 4_096)) ?? [];
      if (fault === undefined || method === undefined || path === undefined) return done(null, chunk);
      const chosen = fault({ method, path });
      if (chosen === 'pass') return done(null, chunk);
      isOver = chosen === 'silence' || 'status' in chosen;
      if (chosen === 'silence') return done();
      if ('status' in chosen) return refuse(client, chosen, done);
      if ('cutAfterBytes' in chosen) answerLeft = chosen.cutAfterBytes;
      else changeAt = chosen.changeByteAt;
      done(null, chunk);
    },
  });

  const answers = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const passed = changeAt === undefined ? chunk : changed(chunk);
      if (passed.length < answerLeft) {
        answerLeft -= passed.length;
        return done(null, passed);
      }
      // What came before must be on its way, so that it is the body that ends too early.
      client.write(passed.subarray(0, answerLeft), () => client.destroy());
      done();
    },
  });

  /** Changes one byte of the body, whose beginning may come in the same piece as the end of the head. */
  function changed(chunk: Buffer): Buffer {
    const copy = Buffer.from(chunk);
    if (!head.includes('\r\n\r\n')) {
      const before = head.length;
      head += copy.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1 || changeAt === undefined) return copy;
      changeAt += end + 4 - before;
    }
    if (changeAt !== undefined && changeAt < copy.length) {
      copy[changeAt] = (copy[changeAt] ?? 0) ^ 0xff;
      changeAt = undefined;
      head = '';
    } else if (changeAt !== undefined) {
      changeAt -= copy.length;
    }
    return copy;
  }

  return { requests, answers };
}

function refuse(
  client: Socket,
  { status, body = '' }: { status: number; body?: string },
  done: TransformCallback,
): void {
  const head = `HTTP/1.1 ${status} Fault\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  client.end(`${head}Connection: close\r\n\r\n${body}`);
  done();
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
