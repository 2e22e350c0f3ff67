import { AppError, type ErrorCode } from '#kernel/errors.ts';
import type { Reason } from './attempt.ts';
import type { Claim } from './take-jobs.ts';

/** What an error means for the job: not its fault, try again, or the end. */
export type Verdict =
  | { readonly outcome: 'failed'; readonly reason: Reason }
  | { readonly outcome: 'retried' | 'released'; readonly delayMs: number };

/** After so many attempts that ended badly, a job fails for good. */
export const maxFailures = 3;

const busyDelayMs = 1_000;
/** Until an update has reached the other workers. */
const unavailableDelayMs = 5_000;
/** What the job stands on is away: no fault of its own, however often it is tried meanwhile. */
const awayCodes: readonly ErrorCode[] = ['STORAGE_UNAVAILABLE', 'STORAGE_FULL', 'DATABASE_UNAVAILABLE'];
const awayDelayMs = 5_000;
/** Hours. Then it may be that the job is why. */
const maxPatientAttempts = 500;

export function judge(claim: Pick<Claim, 'failures' | 'attempt'>, error: unknown, signal: AbortSignal): Verdict {
  if (signal.reason === 'shutdown') return { outcome: 'released', delayMs: 0 };
  const known = error instanceof AppError ? error : unknownError(error);
  if (known.code === 'SHUTTING_DOWN') return { outcome: 'released', delayMs: 0 };
  if (known.code === 'OVERLOADED') return { outcome: 'released', delayMs: busyDelayMs };
  if (known.code === 'PROCESSOR_UNAVAILABLE') return { outcome: 'released', delayMs: unavailableDelayMs };
  const { code, detail } = known;
  if (awayCodes.includes(code) && claim.attempt < maxPatientAttempts) {
    return { outcome: 'released', delayMs: awayDelayMs };
  }
  if (!known.retryable && known.code !== 'INTERNAL') return { outcome: 'failed', reason: { code, detail } };
  const failures = claim.failures + 1;
  if (failures < maxFailures) return { outcome: 'retried', delayMs: backoffMs(failures) };
  return { outcome: 'failed', reason: { code, detail: `${detail} It was tried ${failures} times.` } };
}

/** 1 s after the first failure, 4 s after the second. */
export function backoffMs(failures: number): number {
  return 1_000 * 4 ** (failures - 1);
}

function unknownError(cause: unknown): AppError {
  return new AppError('INTERNAL', 'The job failed for a reason that only the server’s log tells, under its id.', {
    cause,
  });
}
