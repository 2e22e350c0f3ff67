/** Another transaction was first: nothing was written, and the whole may be tried again. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && contentionCodes.has(String(error.code));
}

const contentionCodes = new Set([
  '23505', // unique_violation: another job has begun to lead
  '40P01', // deadlock_detected
  '40001', // serialization_failure
]);
