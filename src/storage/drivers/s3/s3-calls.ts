import { createCircuitBreaker } from '#kernel/circuit-breaker.ts';
import { AppError } from '#kernel/errors.ts';
import { createSlots, type Slots } from '#kernel/slots.ts';
import { maxCalls, maxReads, type S3Times } from './s3-settings.ts';

/** What every command is sent with. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
  /** Begins the time of the call again, when some of much has got through. */
  readonly progress: () => void;
}

/** Makes a store that is far away fit to be relied on: bounded in time and number, left alone when it keeps failing. */
export interface S3Calls {
  /**
   * @throws AppError STORAGE_UNAVAILABLE, STORAGE_FULL; what the store says of one object (`isMissing`, `isPastTheEnd`)
   *   as the SDK throws it
   */
  call<T>(work: (options: CallOptions) => Promise<T>): Promise<T>;
  /** The same for a body, whose connection stays in use until `done` is called. */
  open<T>(work: (options: CallOptions) => Promise<T>): Promise<{ readonly answer: T; done(): void }>;
}

/** Failed calls, each after several tries. */
const failuresToRest = 5;

export function createS3Calls({ callMs, restMs }: S3Times): S3Calls {
  const breaker = createCircuitBreaker({ failures: failuresToRest, openMs: restMs, now: () => performance.now() });
  const calls = createSlots(maxCalls);
  const reads = createSlots(maxReads);

  async function attempt<T>(work: (options: CallOptions) => Promise<T>, options: CallOptions): Promise<T> {
    const pass = breaker.enter();
    if (pass === undefined) throw unavailable('failed too often lately and is left alone for some seconds');
    try {
      const answer = await work(options);
      pass.succeeded();
      return answer;
    } catch (error) {
      const seen = storeError(error);
      if (seen instanceof AppError && seen.code === 'STORAGE_UNAVAILABLE') pass.failed();
      else pass.succeeded();
      throw seen;
    }
  }

  async function hold<T>(slots: Slots, work: (options: CallOptions) => Promise<T>) {
    const late = new AbortController();
    const reason = unavailable(`did not answer within ${callMs / 1_000} seconds`);
    const timer = setTimeout(() => late.abort(reason), callMs);
    try {
      const done = await slots.take(late.signal);
      try {
        const options = { abortSignal: late.signal, progress: () => void timer.refresh() };
        return { answer: await attempt(work, options), done };
      } catch (error) {
        done();
        throw error;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async call(work) {
      const { answer, done } = await hold(calls, work);
      done();
      return answer;
    },
    open: (work) => hold(reads, work),
  };
}

/** Whether the store answered that there is no such object. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error));
}

/** Whether the store answered that the range begins behind the last byte. */
export function isPastTheEnd(error: unknown): boolean {
  return statusOf(error) === 416;
}

/** The store refuses us, or knows no such bucket: somebody has to look at the settings. */
export function isRefusal(error: unknown): boolean {
  return (
    ['NoSuchBucket', 'AuthorizationHeaderMalformed', 'CredentialsProviderError'].includes(nameOf(error)) ||
    [301, 401, 403].includes(statusOf(error) ?? 0)
  );
}

export function unavailable(what: string, cause?: unknown): AppError {
  return new AppError('STORAGE_UNAVAILABLE', `The object store ${what}. Try again in a few seconds.`, { cause });
}

/** What went wrong, in the words of our own table. */
function storeError(error: unknown): unknown {
  if (error instanceof AppError || isMissing(error) || isPastTheEnd(error)) return error;
  const status = statusOf(error);
  const name = nameOf(error);
  if (status === 507 || /Full|Quota|InsufficientStorage/.test(name)) {
    return new AppError('STORAGE_FULL', 'The object store has no room left. Free some space there, then try again.', {
      cause: error,
    });
  }
  if (isRefusal(error)) return unavailable(`refuses this server (${name})`, error);
  if (name === 'AbortError' && error instanceof Error && error.cause instanceof AppError) return error.cause;
  // Our own mistakes, and files of our own that cannot be read.
  if (error instanceof TypeError || (error instanceof Error && 'path' in error)) return error;
  // A status without sense, a connection that broke, an answer that ended in the middle of its XML.
  return unavailable('failed', error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
