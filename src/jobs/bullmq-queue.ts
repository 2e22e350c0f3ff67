import {
  type BackendClasses,
  type BackendFactory,
  DelayedError,
  type IQueueBackend,
  type Job,
  withBackend,
} from 'bullmq';
import { AppError } from '#kernel/errors.ts';
import {
  type ConsumeOptions,
  type JobQueue,
  type QueueConsumer,
  type QueueCounts,
  type QueueHandler,
  type QueueItem,
  RetryLater,
} from './job-queue.ts';

/** What a driver adds to BullMQ. */
export interface BullMqEngine<Connection> {
  /** `embedded`, `postgres`, `redis`. */
  readonly driver: string;
  readonly createBackend: BackendFactory<IQueueBackend, Connection>;
  /** For calls that must answer or fail soon. */
  readonly producer: Connection;
  /** For a worker: waits for jobs, and for an engine that is away. */
  readonly consumer: Connection;
  /** Closes what the driver opened. */
  close(): Promise<void>;
}

export interface JobQueueOptions {
  /** Queues of different names do not see each other. Default `jobs`. */
  readonly name?: string;
  /** Told of what no caller can be told: a handler that threw, an engine that went away and is waited for. */
  readonly onError: (error: unknown, jobId?: string) => void;
}

/** Engines that answer at all answer in milliseconds. */
const answerMs = 2_000;
const bulkSize = 500;

/** Events are BullMQ's own stream, which nothing here reads. */
const keptEvents = 100;

/** How often an idle worker looks by itself, should a notification have been lost. */
const idlePollSeconds = 5;

/** How soon a worker asks again after an engine failed it. */
const retryMs = 500;

/** JobQueue over BullMQ: everything but the connection. */
export class BullMqJobQueue<Connection> implements JobQueue {
  readonly driver: string;
  readonly #engine: BullMqEngine<Connection>;
  readonly #name: string;
  readonly #onError: JobQueueOptions['onError'];
  readonly #bullmq: BackendClasses<IQueueBackend, Connection>;
  readonly #queue: InstanceType<BackendClasses<IQueueBackend, Connection>['Queue']>;
  readonly #consumers = new Set<QueueConsumer>();

  constructor(engine: BullMqEngine<Connection>, { name = 'jobs', onError }: JobQueueOptions) {
    this.driver = engine.driver;
    this.#engine = engine;
    this.#name = name;
    this.#onError = onError;
    this.#bullmq = withBackend(engine.createBackend);
    this.#queue = new this.#bullmq.Queue(name, {
      connection: engine.producer,
      streams: { events: { maxLen: keptEvents } },
    });
    this.#queue.on('error', onError);
  }

  /** @throws AppError QUEUE_UNAVAILABLE when the engine cannot be reached */
  async ready(): Promise<void> {
    await this.#answer(() => this.#queue.waitUntilReady());
  }

  async add(item: QueueItem): Promise<void> {
    const { name, data, opts } = toBullMq(item);
    await this.#answer(() => this.#queue.add(name, data, opts));
  }

  async addMany(items: readonly QueueItem[]): Promise<void> {
    for (let at = 0; at < items.length; at += bulkSize) {
      const chunk = items.slice(at, at + bulkSize).map(toBullMq);
      await this.#answer(() => this.#queue.addBulk(chunk));
    }
  }

  async remove(id: string): Promise<boolean> {
    const state = await this.#answer(() => this.#queue.getJobState(id));
    if (state === 'unknown' || state === 'active') return false;
    return (await this.#answer(() => this.#queue.remove(id))) === 1;
  }

  async pause(): Promise<void> {
    await this.#answer(() => this.#queue.pause());
  }

  async resume(): Promise<void> {
    await this.#answer(() => this.#queue.resume());
  }

  async counts(): Promise<QueueCounts> {
    const counts = await this.#answer(() => this.#queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active'));
    const of = (state: string) => counts[state] ?? 0;
    return {
      waiting: of('waiting') + of('prioritized'),
      delayed: of('delayed'),
      active: of('active'),
    };
  }

  async consume(handler: QueueHandler, { concurrency, lockDurationMs }: ConsumeOptions): Promise<QueueConsumer> {
    const running = new Set<Promise<void>>();
    const worker = new this.#bullmq.Worker(
      this.#name,
      (job, token, signal) => {
        const handled = this.#handle(handler, job, token, signal).finally(() => running.delete(handled));
        running.add(handled);
        return handled;
      },
      {
        connection: this.#engine.consumer,
        concurrency,
        lockDuration: lockDurationMs,
        stalledInterval: lockDurationMs / 2,
        // Attempts are counted in the job's row; the queue hands a job out as often as it takes.
        maxStalledCount: 2 ** 31 - 1,
        drainDelay: idlePollSeconds,
        runRetryDelay: retryMs,
      },
    );
    worker.on('error', (error) => this.#onError(error));
    // Another worker may have the job by now: this one must stop.
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id, 'The job was given to another worker.');
    });
    const consumer: QueueConsumer = {
      close: async () => {
        this.#consumers.delete(consumer);
        const closed = worker.close();
        do {
          await Promise.allSettled(running);
          await this.#leave(closed);
        } while (running.size > 0); // one that was being handed out when it closed
      },
    };
    this.#consumers.add(consumer);
    try {
      await this.#answer(() => worker.waitUntilReady());
    } catch (error) {
      await consumer.close();
      throw error;
    }
    return consumer;
  }

  async clear(): Promise<void> {
    const wasPaused = await this.#answer(() => this.#queue.isPaused());
    await this.#answer(() => this.#queue.obliterate({ force: true }));
    // Obliterating pauses the queue at its beginning and forgets that at its end.
    await (wasPaused ? this.pause() : this.resume());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await this.#leave(this.#queue.close());
    await this.#engine.close();
  }

  /** BullMQ would wait for an engine that is away to say goodbye. What is left then ends with the process. */
  async #leave(closed: Promise<void>): Promise<void> {
    await this.#answer(() => closed).catch((error) => this.#onError(error));
  }

  async #handle(handler: QueueHandler, job: Job, token?: string, signal = new AbortController().signal): Promise<void> {
    const id = job.id ?? '';
    const failure = await handler(id, signal).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (failure?.error instanceof RetryLater) {
      await job.moveToDelayed(Date.now() + failure.error.delayMs, token);
      throw new DelayedError(); // how BullMQ is told that the job has been moved
    }
    if (failure) this.#onError(failure.error, id);
  }

  async #answer<T>(call: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer within ${answerMs} ms`)), answerMs);
    try {
      return await Promise.race([call(), late]);
    } catch (cause) {
      throw queueUnavailable('The queue of jobs does not answer: try again in a few seconds.', cause);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Never retried here: the caller's row is safe, and is put in line again later. */
export function queueUnavailable(detail: string, cause: unknown): AppError {
  return new AppError('QUEUE_UNAVAILABLE', detail, { cause });
}

function toBullMq({ id, priority, delayMs = 0 }: QueueItem) {
  // Nothing is kept of a job that left the line, so that its id can be added again.
  const opts = { jobId: id, priority, delay: delayMs, removeOnComplete: true, removeOnFail: true };
  return { name: 'job', data: {}, opts };
}
