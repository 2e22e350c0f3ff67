import type { Socket } from 'node:net';
import type { Actor } from '#kernel/actor.ts';
import { resetText } from './event-frames.ts';

export interface StreamOptions {
  readonly actor: Actor;
  /** Where the head of the answer has been written to; from now on the stream's alone. */
  readonly socket: Socket;
  /** Whether the answer is in chunks (HTTP/1.1), or goes to the end of the connection. */
  readonly chunked: boolean;
  /** The last event that the client has seen; none for one that comes for the first time. */
  readonly lastEventId?: string | undefined;
  /** Only of this job, of this batch and its jobs; of everything when there is neither. */
  readonly jobId?: string | undefined;
  readonly batchId?: string | undefined;
  /** Ends it: whoever listens may not any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What waits for a client to read it. A client that leaves more than this unread is passed over. */
const maxUnreadBytes = 64 * 1024;

/** A text for many streams: its bytes exist once. */
export class Outgoing {
  readonly #text: string;
  #plain: Buffer | undefined;
  #chunk: Buffer | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  bytes(chunked: boolean): Buffer {
    this.#plain ??= Buffer.from(this.#text);
    if (!chunked) return this.#plain;
    this.#chunk ??= Buffer.concat([Buffer.from(`${this.#plain.length.toString(16)}\r\n`), this.#plain, lineEnd]);
    return this.#chunk;
  }
}

const lineEnd = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/**
 * One client that listens. It writes to the socket itself: ten thousand of them get an event as ten thousand writes of
 * the same bytes, and the HTTP response, which would frame each anew, has nothing more to do.
 */
export class EventStream {
  readonly options: StreamOptions;
  /** Not before it is told what it missed. */
  live = false;
  /** Since when it has been passed over because it does not read. */
  behindSinceMs: number | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
  }

  get gone(): boolean {
    return this.options.socket.destroyed || this.options.socket.writableEnded;
  }

  /** An event; passed over when the client has not read the ones before. */
  send(outgoing: Outgoing): void {
    const { socket } = this.options;
    if (this.gone || this.behindSinceMs !== undefined) return;
    if (socket.writableLength <= maxUnreadBytes) {
      this.write(outgoing);
      return;
    }
    this.behindSinceMs = performance.now();
    socket.once('drain', () => this.#catchUp());
  }

  /** Whatever the client has read. */
  write(outgoing: Outgoing): void {
    if (!this.gone) this.options.socket.write(outgoing.bytes(this.options.chunked));
  }

  /** @param text the last words */
  end(text: string): void {
    if (this.gone) return;
    this.write(new Outgoing(text));
    if (this.options.chunked) this.options.socket.end(lastChunk);
    else this.options.socket.end();
  }

  destroy(): void {
    this.options.socket.destroy();
  }

  #catchUp(): void {
    this.behindSinceMs = undefined;
    this.write(new Outgoing(resetText('slow')));
  }
}
