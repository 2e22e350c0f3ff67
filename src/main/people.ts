import { createPeople, type People } from '#accounts/identity/people.ts';
import type { Parts } from './parts.ts';

/** Their rows alone, which are there whoever may sign in. */
export function openPeople({ engines }: Parts): People {
  const { database, fanOut } = engines;
  return createPeople(database.db, (personId) => fanOut.tell('access-changed', [personId]));
}
