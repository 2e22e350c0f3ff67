import { connect, type Socket } from 'node:net';

/**
 * One connection to an HTTP server, as light as it can be: prepared bytes go out, also several before the first answer, and
 * of an answer only status and length are read. For answers with `Content-Length`, which are those of the API.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #waiting: ((status: number) => void)[] = [];
  #rest: Buffer = Buffer.alloc(0);
  /** Of a body that has not come whole. */
  #missing = 0;
  #status = 0;

  constructor(url: URL, onEnd: (error: Error) => void) {
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(chunk as Buffer));
    this.#socket.on('error', onEnd);
    this.#socket.on('close', () => onEnd(new Error('the connection ended')));
  }

  /** @returns the status, when the answer is there whole */
  send(bytes: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(bytes);
    });
  }

  get unanswered(): number {
    return this.#waiting.length;
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const taken = Math.min(this.#missing, bytes.length);
      this.#missing -= taken;
      bytes = bytes.subarray(taken);
      if (this.#missing > 0) break;
      if (this.#status !== 0) {
        const answered = this.#waiting.shift();
        const status = this.#status;
        this.#status = 0;
        answered?.(status);
      }
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) break;
      const head = bytes.toString('latin1', 0, end);
      this.#status = Number(head.slice(9, 12));
      this.#missing = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      bytes = bytes.subarray(end + 4);
    }
    this.#rest = bytes;
  }
}

/** A request as bytes. */
export function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer = Buffer.alloc(0),
): Buffer {
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(body.length > 0 && { 'content-length': body.length }),
  });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
