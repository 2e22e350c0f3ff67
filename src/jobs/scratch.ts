import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import type { Attempt } from './attempt.ts';

/** The folders of one attempt, inside the scratch root that all attempts share. */
export interface Scratch {
  /** For inputs that the store has to bring here; exists when the attempt has inputs. */
  readonly inputsDir: string;
  /** For what the job starts from; not made yet. */
  readonly neededDir: string;
  /** The processor's own. */
  readonly outputsDir: string;
  remove(): Promise<void>;
}

/** @param root resolved: children compare paths */
export async function makeScratch(root: string, { id, attempt }: Attempt, hasInputs: boolean): Promise<Scratch> {
  const dir = join(root, `${id}-${attempt}`);
  const [inputsDir, neededDir, outputsDir] = [join(dir, 'inputs'), join(dir, 'needed'), join(dir, 'outputs')];
  await mkdir(outputsDir, { recursive: true, mode: 0o700 });
  if (hasInputs) await mkdir(inputsDir);
  return {
    inputsDir,
    neededDir,
    outputsDir,
    async remove() {
      // Mostly they are empty by now, and removing what is known takes half as long as looking.
      const made = hasInputs ? [inputsDir, outputsDir, dir] : [outputsDir, dir];
      try {
        for (const folder of made) await rmdir(folder);
      } catch {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Removes the folders of attempts that are over: a killed process cannot clean up after itself. Those of attempts
 * that run, here or in another process of this machine, are left alone.
 *
 * @returns how many were removed
 */
export async function sweepScratch(db: Kysely<Database>, root: string): Promise<number> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const ids = names.map((name) => name.slice(0, 36)).filter(isId);
  if (ids.length === 0) return 0;
  const active = await db
    .selectFrom('jobs')
    .select(['id', 'attempt'])
    .where('id', 'in', ids)
    .where('status', '=', 'active')
    .execute();
  const inUse = new Set(active.map((row) => `${row.id}-${row.attempt}`));
  const over = names.filter((name) => isId(name.slice(0, 36)) && !inUse.has(name));
  for (const name of over) await rm(join(root, name), { recursive: true, force: true });
  return over.length;
}
