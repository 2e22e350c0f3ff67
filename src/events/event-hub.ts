import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import {
  type Changes,
  type JobChange,
  type Position,
  type Removal,
  readBatches,
  readChanges,
  readPosition,
} from './change-feed.ts';
import {
  batchFrame,
  type Frame,
  isWanted,
  jobFrame,
  removalFrame,
  resetText,
  retryText,
  withId,
} from './event-frames.ts';
import { EventIds } from './event-ids.ts';
import { EventStream, Outgoing, type StreamOptions } from './event-stream.ts';
import { EventStreams, type StreamLimits } from './event-streams.ts';
import type { FanOut } from './fan-out.ts';
import { Pacer } from './pacer.ts';
import { welcome } from './welcome.ts';

/** Streams of what happens to jobs and batches, as the API sees them. */
export interface Events {
  /** @throws AppError TOO_MANY_STREAMS, OVERLOADED, SHUTTING_DOWN when there is no room for one more */
  checkRoom(actor: Actor): void;
  /** From now on the socket is the stream's. Nothing is written to it before this returns. */
  open(options: StreamOptions): void;
  /** Streams that are open. */
  readonly size: number;
  /** Ends the streams, each with a time to come back; none is opened after. */
  close(): void;
}

export interface EventHubDeps {
  /** Of all tenants: what has changed is looked up once for everybody. */
  readonly db: Kysely<Database>;
  /** For what one tenant's streams have missed. */
  readonly tenantDb: TenantDatabase;
  readonly fanOut: FanOut;
  readonly log: Logger;
}

/** Between two looks, whoever tells how often; a slow database is asked more rarely, and others have turns too. */
const leastGapMs = 25;
const gapPerQuestion = 4;
const gapPerLook = 1.5;
/** What nobody told of is found after so long. */
const lookMs = 1_000;
/** Progress of a job, and the state of a batch: at most four times a second. */
const paceMs = 250;
/** More than this in one look is not told one by one. */
const maxChanges = 5_000;
/** Batches looked up at once, each with up to a thousand jobs; the others have their turn soon. */
const maxBatches = 20;
/** After so many writes others have a turn. */
const writesAtOnce = 2_000;

interface DirtyBatch {
  readonly id: string;
  readonly tenantId: string;
  /** The earliest change that has not been told. */
  readonly change: number;
}

/**
 * Reads what has changed, once for everybody, when it is told that something has and every second, and writes it to all
 * streams of the tenant. While no stream is open it does nothing.
 */
export class EventHub implements Events {
  readonly #deps: EventHubDeps;
  readonly #streams: EventStreams;
  readonly #stopListening: (() => void)[];
  readonly #progress = new Pacer<JobChange>(paceMs);
  readonly #batches = new Pacer<DirtyBatch>(paceMs);
  readonly #dueBatches = new Map<string, DirtyBatch>();
  #ids = new EventIds();
  #joining: EventStream[] = [];
  #position: Position | undefined;
  /** Everything of lower numbers has been written to every stream. */
  #base = 0;
  /** An id that says so; heartbeats carry it. None while some streams have been told more than others. */
  #settledId: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #turning = false;
  #toldMeanwhile = false;
  #earliestMs = 0;
  /** How long the database took to say what is new. */
  #questionMs = 0;
  #failing = false;
  #closed = false;

  constructor(deps: EventHubDeps, limits: StreamLimits) {
    this.#deps = deps;
    this.#streams = new EventStreams(limits, () => this.#settledId);
    const told = () => this.#told();
    this.#stopListening = [deps.fanOut.on('changed', told), deps.fanOut.on('job-finished', told)];
  }

  get size(): number {
    return this.#streams.size;
  }

  checkRoom(actor: Actor): void {
    this.#streams.checkRoom(actor);
  }

  open(options: StreamOptions): void {
    const stream = new EventStream(options);
    this.#streams.add(stream);
    options.signal?.addEventListener('abort', () => this.#streams.end(stream), { once: true });
    stream.write(new Outgoing(retryText(2_000, 1_000)));
    this.#joining.push(stream);
    this.#told();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    clearTimeout(this.#timer);
    this.#streams.close();
  }

  #told(): void {
    if (this.#closed || this.#streams.size === 0) return;
    if (this.#turning) this.#toldMeanwhile = true;
    else this.#schedule(this.#earliestMs);
  }

  #schedule(atMs: number): void {
    if (atMs >= this.#timerAtMs || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => void this.#turn(), Math.max(0, atMs - performance.now()));
  }

  async #turn(): Promise<void> {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    if (this.#streams.size === 0) {
      this.#forget();
      return;
    }
    this.#turning = true;
    this.#toldMeanwhile = false;
    const startedMs = performance.now();
    try {
      await this.#look();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#deps.log.warn({ err: error }, 'events are late: the database could not be asked');
      this.#failing = true;
    }
    this.#turning = false;
    const endedMs = performance.now();
    const gapMs = Math.max(leastGapMs, gapPerQuestion * this.#questionMs, gapPerLook * (endedMs - startedMs));
    this.#earliestMs = this.#failing ? endedMs + lookMs : startedMs + gapMs;
    const again = !this.#failing && (this.#toldMeanwhile || this.#joining.length > 0 || this.#dueBatches.size > 0);
    const dueMs = Math.min(endedMs + lookMs, this.#progress.nextDueMs(), this.#batches.nextDueMs());
    this.#schedule(again ? this.#earliestMs : Math.max(this.#earliestMs, dueMs));
  }

  async #look(): Promise<void> {
    const { db } = this.#deps;
    this.#settledId = undefined;
    if (this.#position === undefined) {
      this.#position = await readPosition(db);
      this.#base = this.#position.horizon;
    } else {
      const askedMs = performance.now();
      const { position, ...changes } = await readChanges(db, this.#position, maxChanges);
      this.#questionMs = performance.now() - askedMs;
      if (position.horizon < this.#position.horizon) return this.#startAnew();
      await this.#tell(changes);
      this.#position = position;
    }
    const waiting = [...this.#progress.values(), ...this.#batches.values(), ...this.#dueBatches.values()];
    this.#base = waiting.reduce((base, { change }) => Math.min(base, change), this.#position.horizon);
    await this.#welcome(this.#position);
  }

  async #tell(changes: Changes): Promise<void> {
    if (changes.more) {
      this.#forgetWaiting();
      await this.#write(this.#streams.all(), () => new Outgoing(resetText('too-many')));
      return;
    }
    const nowMs = performance.now();
    // What asks the database comes first: when it fails, all of this is done again.
    const batches = await this.#readDueBatches(changes.jobs, nowMs);
    const events = [...this.#dueJobs(changes, nowMs), ...changes.removals].sort((a, b) => a.change - b.change);
    const frames = new Map<string, Frame[]>();
    const add = (tenantId: string, frame: Frame) => {
      const ofTenant = frames.get(tenantId);
      if (ofTenant === undefined) frames.set(tenantId, [frame]);
      else ofTenant.push(frame);
    };
    for (const event of events) {
      if (!this.#streams.has(event.tenantId)) continue;
      add(event.tenantId, isRemoval(event) ? removalFrame(event) : jobFrame(event));
    }
    for (const batch of batches) add(batch.tenantId, batchFrame(batch));
    for (const [tenantId, ofTenant] of frames) {
      const numbered = ofTenant.map((frame) => ({ ...frame, body: withId(frame, this.#ids.next(this.#base)) }));
      await this.#write(this.#streams.ofTenant(tenantId), selection(numbered));
    }
  }

  /** What of the jobs is to be told now; progress that comes too fast waits. */
  #dueJobs({ jobs, removals }: Changes, nowMs: number): JobChange[] {
    for (const { kind, id } of removals) if (kind === 'job') this.#progress.drop(id);
    const now = jobs.filter(
      (job) =>
        this.#streams.has(job.tenantId) && this.#progress.offer(job.id, `${job.status} ${job.attempts}`, job, nowMs),
    );
    return [...now, ...this.#progress.takeDue(nowMs)];
  }

  async #readDueBatches(jobs: readonly JobChange[], nowMs: number) {
    for (const { batchId, tenantId, change } of jobs) {
      if (batchId === null || !this.#streams.has(tenantId)) continue;
      const before = this.#dueBatches.get(batchId) ?? this.#batches.held(batchId);
      const batch = { id: batchId, tenantId, change: Math.min(change, before?.change ?? change) };
      if (this.#batches.offer(batchId, '', batch, nowMs)) this.#dueBatches.set(batchId, batch);
    }
    for (const batch of this.#batches.takeDue(nowMs)) this.#dueBatches.set(batch.id, batch);
    const ids = [...this.#dueBatches.keys()].slice(0, maxBatches);
    const batches = await readBatches(this.#deps.db, ids);
    for (const id of ids) this.#dueBatches.delete(id);
    return batches;
  }

  /** Those who came since the last look; they are told what they missed, and then belong to the others. */
  async #welcome({ horizon }: Position): Promise<void> {
    const stillWaiting = (stream: EventStream) => !stream.gone && !stream.live;
    const joining = this.#joining.filter(stillWaiting);
    if (joining.length > 0) await welcome(this.#deps, joining, { horizon, base: this.#base }, this.#ids);
    this.#joining = this.#joining.filter(stillWaiting);
    this.#settledId = this.#ids.current(this.#base);
  }

  async #write(streams: Iterable<EventStream>, select: (stream: EventStream) => Outgoing | undefined): Promise<void> {
    let written = 0;
    for (const stream of streams) {
      if (!stream.live) continue;
      const outgoing = select(stream);
      if (outgoing === undefined) continue;
      stream.send(outgoing);
      written += 1;
      if (written % writesAtOnce === 0) await nextTurn();
    }
  }

  /** Another database answers: one that was restored, or a copy that had not come so far. */
  #startAnew(): void {
    this.#deps.log.warn('the database has gone back: streams of events begin anew');
    this.#streams.endAll();
    this.#forget();
    this.#ids = new EventIds();
  }

  #forget(): void {
    this.#position = undefined;
    this.#settledId = undefined;
    this.#forgetWaiting();
  }

  #forgetWaiting(): void {
    this.#progress.clear();
    this.#batches.clear();
    this.#dueBatches.clear();
  }
}

function isRemoval(event: JobChange | Removal): event is Removal {
  return 'kind' in event;
}

/** What a stream gets of these: everything, or what it asked for. */
function selection(frames: readonly Frame[]): (stream: EventStream) => Outgoing | undefined {
  const all = new Outgoing(frames.map(({ body }) => body).join(''));
  const some = new Map<string, Outgoing | undefined>();
  return ({ options: { jobId, batchId } }) => {
    if (jobId === undefined && batchId === undefined) return all;
    const key = `${jobId} ${batchId}`;
    if (!some.has(key)) {
      const wanted = frames.filter((frame) => isWanted(frame, { jobId, batchId }));
      some.set(key, wanted.length === 0 ? undefined : new Outgoing(wanted.map(({ body }) => body).join('')));
    }
    return some.get(key);
  };
}
