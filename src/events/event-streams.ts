import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { farewellText, heartbeatText, retryText } from './event-frames.ts';
import { type EventStream, Outgoing } from './event-stream.ts';

export interface StreamLimits {
  /** Of this process. */
  readonly maxStreams: number;
  readonly maxStreamsPerUser: number;
  /** How often a stream on which nothing happens says something: proxies cut what is silent for a minute. */
  readonly heartbeatMs?: number;
  /** How long a client may leave everything unread. */
  readonly patienceMs?: number;
}

const slots = 15;
/** How long a client may take to read the last words. */
const farewellMs = 1_000;

/** The streams that are open, by tenant. One timer keeps them all alive, a fifteenth at a time. */
export class EventStreams {
  readonly #limits: Required<StreamLimits>;
  readonly #position: () => number | undefined;
  readonly #tenants = new Map<string, Set<EventStream>>();
  readonly #users = new Map<string, number>();
  readonly #wheel = Array.from({ length: slots }, () => new Set<EventStream>());
  readonly #timer: NodeJS.Timeout;
  #slot = 0;
  #size = 0;
  #closed = false;

  /** @param position the id of the last event that all have been told of */
  constructor(limits: StreamLimits, position: () => number | undefined) {
    this.#limits = { heartbeatMs: 15_000, patienceMs: 30_000, ...limits };
    this.#position = position;
    this.#timer = setInterval(() => this.#beat(), this.#limits.heartbeatMs / slots).unref();
  }

  get size(): number {
    return this.#size;
  }

  /** @throws AppError TOO_MANY_STREAMS, OVERLOADED, SHUTTING_DOWN */
  checkRoom(actor: Actor): void {
    const { maxStreams, maxStreamsPerUser } = this.#limits;
    if (this.#closed) throw new AppError('SHUTTING_DOWN', 'The server is shutting down. Try again in a few seconds.');
    if ((this.#users.get(userKey(actor)) ?? 0) >= maxStreamsPerUser) {
      throw new AppError(
        'TOO_MANY_STREAMS',
        `${maxStreamsPerUser} streams of events are open for this user, which is the limit. Close some, or share one.`,
      );
    }
    if (this.#size >= maxStreams) {
      throw new AppError('OVERLOADED', 'Too many streams of events are open. Try again in a few seconds.');
    }
  }

  add(stream: EventStream): void {
    const { actor, socket } = stream.options;
    const ofTenant = this.#tenants.get(actor.tenantId) ?? new Set();
    this.#tenants.set(actor.tenantId, ofTenant.add(stream));
    this.#users.set(userKey(actor), (this.#users.get(userKey(actor)) ?? 0) + 1);
    // What was added last is heard of last: right now it has heard something.
    const slot = (this.#slot + slots - 1) % slots;
    this.#wheel[slot]?.add(stream);
    this.#size += 1;
    socket.once('close', () => this.#remove(stream, slot));
  }

  ofTenant(tenantId: string): ReadonlySet<EventStream> {
    return this.#tenants.get(tenantId) ?? none;
  }

  has(tenantId: string): boolean {
    return this.#tenants.has(tenantId);
  }

  *all(): Generator<EventStream> {
    for (const streams of this.#tenants.values()) yield* streams;
  }

  /** Ends all that are open, each with a time of its own to come back, here or to another process. */
  endAll(): void {
    for (const stream of this.all()) stream.end(retryText(1_000, 4_000));
    setTimeout(() => {
      for (const stream of this.all()) if (stream.gone) stream.destroy();
    }, farewellMs).unref();
  }

  /** Ends one, without a time to come back. */
  end(stream: EventStream): void {
    stream.end(farewellText);
    setTimeout(() => stream.destroy(), farewellMs).unref();
  }

  close(): void {
    this.#closed = true;
    this.endAll();
    clearInterval(this.#timer);
  }

  #beat(): void {
    const heartbeat = new Outgoing(heartbeatText(this.#position()));
    const bare = new Outgoing(heartbeatText(undefined));
    const nowMs = performance.now();
    for (const stream of this.#wheel[this.#slot] ?? []) {
      if (stream.behindSinceMs === undefined) stream.send(stream.live ? heartbeat : bare);
      else if (nowMs - stream.behindSinceMs > this.#limits.patienceMs) stream.destroy();
    }
    this.#slot = (this.#slot + 1) % slots;
  }

  #remove(stream: EventStream, slot: number): void {
    const { actor } = stream.options;
    const ofTenant = this.#tenants.get(actor.tenantId);
    if (ofTenant?.delete(stream) !== true) return;
    if (ofTenant.size === 0) this.#tenants.delete(actor.tenantId);
    const left = (this.#users.get(userKey(actor)) ?? 1) - 1;
    if (left === 0) this.#users.delete(userKey(actor));
    else this.#users.set(userKey(actor), left);
    this.#wheel[slot]?.delete(stream);
    this.#size -= 1;
  }
}

const none: ReadonlySet<EventStream> = new Set();

function userKey({ tenantId, userId }: Actor): string {
  return `${tenantId} ${userId}`;
}
