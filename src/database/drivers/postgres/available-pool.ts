import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { AppError } from '#kernel/errors.ts';
import { entryBefore, sendTransaction } from './one-message.ts';

/**
 * The pool as Kysely needs it, in which "the server is not there" is AppError DATABASE_UNAVAILABLE: the API answers
 * 503 and workers try again, while a mistake in a statement stays the error that it is.
 */
export function availablePool(pool: Pool): PostgresPool {
  // One that breaks between two statements of who holds it, with nobody listening, would end this process; the next
  // statement says it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    options: pool.options,
    connect: async () => availableClient(await pool.connect().catch(rethrow)),
    end: () => pool.end(),
  };
}

function availableClient(client: PoolClient): PostgresPoolClient {
  let broken = false;
  let begun = true;
  const send = (statement: string, parameters: unknown[]) => {
    const entry = entryBefore(parameters);
    const sent =
      entry === undefined ? client.query(statement, parameters) : sendTransaction(client, entry, statement, parameters);
    return sent.catch((error: unknown) => {
      broken ||= isUnavailable(error);
      return rethrow(error);
    });
  };
  // A transaction begins with its first statement, in one message where that has no parameters: a way there and back
  // less for each.
  const query = async (statement: string, parameters: unknown[]) => {
    if (statement === 'begin') {
      begun = false;
      return none;
    }
    if (begun) return await send(statement, parameters);
    begun = true;
    if (statement === 'commit' || statement === 'rollback') return none;
    if (parameters.length === 0) return lastOf(await send(`begin; ${statement}`, []));
    await send('begin', []);
    return await send(statement, parameters);
  };
  return {
    query: query as unknown as PostgresPoolClient['query'], // cursors, the other overload, are not used
    // The last words of a connection may come before its end: the next one to ask must not get it.
    release: (destroy) => client.release(destroy === true || broken),
  };
}

const none = { command: '', rowCount: 0, rows: [] };

/** Of several statements in one message there are several results. */
function lastOf<T>(result: T | readonly T[]): T | undefined {
  return Array.isArray(result) ? result.at(-1) : (result as T);
}

function rethrow(error: unknown): never {
  if (!isUnavailable(error)) throw error;
  throw new AppError('DATABASE_UNAVAILABLE', 'The database did not answer. Try again in a few seconds.', {
    cause: error,
  });
}

/** Connection exceptions (08), too many connections (53300), shutdown and restart (57P). */
const unavailableStates = /^(08...|53300|57P0[1-5])$/;
const networkCode = /^(ECONN(REFUSED|RESET)|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
/** The library reports these two without a code. */
const clientMessages = /connection terminated|timeout exceeded when trying to connect|not queryable/i;

function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return unavailableStates.test(code) || networkCode.test(code) || (code === '' && clientMessages.test(error.message));
}
