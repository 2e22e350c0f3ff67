import { connect } from 'node:net';

/**
 * Clients of a stream, as light as they can be: they look for marks in what comes and note when. In a process of their
 * own, so that what is measured is the server.
 */
export interface ToClients {
  /** What to look for; answered when all have seen it, or after `timeoutMs`. */
  readonly mark: string;
  readonly timeoutMs: number;
}

export interface FromClients {
  readonly opened?: number;
  readonly mark?: string;
  /** When each saw it, in milliseconds of the machine's clock. */
  readonly seenMs?: readonly number[];
}

const [host = '', port = '', count = ''] = process.argv.slice(2);
const total = Number(count);
/** Connecting at once are so many: the queue of a listening socket is finite. */
const atOnce = 100;

const buffer = Buffer.alloc(64 * 1024);
let opened = 0;
let started = 0;
let wanted: Buffer | undefined;
let seenMs: number[] = [];
let report: (() => void) | undefined;

process.on('message', ({ mark, timeoutMs }: ToClients) => {
  wanted = Buffer.from(mark);
  seenMs = [];
  const timer = setTimeout(() => report?.(), timeoutMs);
  report = () => {
    clearTimeout(timer);
    report = undefined;
    wanted = undefined;
    process.send?.({ mark, seenMs } satisfies FromClients);
  };
});
for (let index = 0; index < Math.min(atOnce, total); index += 1) openNext();

function openNext(): void {
  if (started === total) return;
  started += 1;
  let ready = false;
  const socket = connect({
    host,
    port: Number(port),
    // One buffer for all: nothing is kept.
    onread: {
      buffer,
      callback(bytes, chunk) {
        const text = Buffer.from(chunk.buffer, chunk.byteOffset, bytes);
        if (!ready && text.includes('event: ready')) {
          ready = true;
          opened += 1;
          if (opened === total) process.send?.({ opened } satisfies FromClients);
          openNext();
        }
        if (wanted !== undefined && text.includes(wanted)) {
          seenMs.push(performance.timeOrigin + performance.now());
          if (seenMs.length === total) report?.();
        }
        return true;
      },
    },
  });
  socket.on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
  socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
}
