import type { PoolClient, QueryResult } from 'pg';
import type { RunAlone } from '../../tenant-database.ts';

/** What goes before a statement that is a transaction of its own, by the parameters that it comes with. */
const entries = new WeakMap<readonly unknown[], string>();

/** Through a pool whose clients ask `entryBefore`. */
export const runInOneMessage: RunAlone = (db, entry, statement) => {
  const parameters = [...statement.parameters];
  entries.set(parameters, entry);
  return db.executeQuery({ ...statement, parameters });
};

export function entryBefore(parameters: readonly unknown[]): string | undefined {
  return entries.get(parameters);
}

/**
 * A whole transaction, written at once. Where its statement fails, the commit that is on its way already undoes it.
 *
 * @param client in pipeline mode
 * @throws what the first of them failed with
 */
export async function sendTransaction(
  client: PoolClient,
  entry: string,
  statement: string,
  parameters: unknown[],
): Promise<QueryResult> {
  const stream = streamOf(client);
  stream?.cork();
  const answers = [client.query(`begin; ${entry}`), client.query(statement, parameters), client.query('commit')];
  stream?.uncork();
  const [begun, done, committed] = await Promise.allSettled(answers);
  for (const answer of [begun, done, committed]) if (answer?.status === 'rejected') throw answer.reason;
  return (done as PromiseFulfilledResult<QueryResult>).value;
}

interface Corked {
  cork(): void;
  uncork(): void;
}

/** The library shows it to nobody; without it the transaction is three packets, and works as well. */
function streamOf(client: PoolClient): Corked | undefined {
  return (client as { connection?: { stream?: Corked } }).connection?.stream;
}
