import { AppError } from './errors.ts';

const maxDepth = 16;

/**
 * Refuses what the database could not keep or a program should not have to walk.
 *
 * @param what begins the message: `params`, `metadata`
 * @throws AppError INVALID_PARAMETERS when too deep, too long, or with text that is not valid Unicode or has U+0000
 */
export function checkStorable(what: string, value: unknown, maxBytes: number): void {
  const problem = findProblem(value, 0) ?? sizeProblem(value, maxBytes);
  if (problem !== undefined) throw new AppError('INVALID_PARAMETERS', `${what} ${problem}.`);
}

function findProblem(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : 'contains text that is not valid Unicode';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === maxDepth) return `is nested more than ${maxDepth} levels deep`;
  for (const [name, member] of Object.entries(value)) {
    const problem = findProblem(name, depth + 1) ?? findProblem(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function sizeProblem(value: unknown, maxBytes: number): string | undefined {
  const sizeBytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  return sizeBytes > maxBytes ? `takes ${sizeBytes} bytes as JSON; at most ${maxBytes} are allowed` : undefined;
}
