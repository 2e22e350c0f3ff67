/** Another transaction was first: nothing was written, and the whole may be tried again. */
export function isContention(error: unknown): boolean {
  return isUniqueViolation(error) || hasCode(error, '40P01') || hasCode(error, '40001'); // deadlock, serialization
}

/** There is such a row already. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, '23505');
}

/** As PostgreSQL's error codes are given by both drivers. */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
