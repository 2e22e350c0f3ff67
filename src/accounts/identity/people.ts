import { hashPassword } from 'better-auth/crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { isUniqueViolation } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { Person } from './identity.ts';
import { checkPassword } from './passwords/password-rules.ts';

/** A person, as those who run the server see them. */
export interface KnownPerson extends Person {
  readonly emailVerified: boolean;
  readonly language: string | null;
  readonly disabledAt: Date | null;
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  /** None: they choose one by a link, or sign in elsewhere. */
  readonly password?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly language?: string | undefined;
}

/** People's rows, as far as the library leaves them to us. */
export interface People {
  /** Oldest first. */
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<KnownPerson[]>;
  byIds(ids: readonly string[]): Promise<KnownPerson[]>;
  byEmail(email: string): Promise<KnownPerson | undefined>;
  /** @throws AppError EMAIL_TAKEN, PASSWORD_WEAK */
  add(person: NewPerson): Promise<KnownPerson>;
  /** Only for one who has just been added, and nobody knows of. */
  remove(id: string): Promise<void>;
  /** Whether there is nobody yet who runs this server, nor has been. */
  needsFounder(): Promise<boolean>;
  /** The first who runs it. @returns false when somebody else has become it */
  makeFounder(id: string): Promise<boolean>;
  /** @throws AppError PERSON_NOT_FOUND, PASSWORD_WEAK; ends all their sessions */
  setPassword(id: string, password: string): Promise<void>;
  /** @throws AppError PERSON_NOT_FOUND, LAST_OPERATOR; who is disabled has no sessions and cannot sign in */
  change(id: string, change: { readonly operator?: boolean; readonly disabled?: boolean }): Promise<KnownPerson>;
  /** Takes back what a password has begun: second factors that are waited for, devices that were trusted, links. */
  endPending(id: string): Promise<void>;
  endSessions(id: string): Promise<void>;
}

type Row = Pick<
  Selectable<Database['people']>,
  'id' | 'email' | 'email_verified' | 'name' | 'language' | 'two_factor' | 'operator' | 'disabled_at' | 'created_at'
>;

const columns = [
  'id',
  'email',
  'email_verified',
  'name',
  'language',
  'two_factor',
  'operator',
  'disabled_at',
  'created_at',
] as const;

/** Any number; held while operators are changed, so that the last one stays. */
const operatorLock = 735_221_011;

/** @param changed is told whose rights or sessions are not what they were */
export function createPeople(db: Kysely<Database>, changed: (personId: string) => void): People {
  async function endSessions(id: string): Promise<void> {
    await db.deleteFrom('sessions').where('person_id', '=', id).execute();
    changed(id);
  }

  async function endPending(id: string): Promise<void> {
    await db.deleteFrom('verifications').where('value', '=', id).execute();
  }

  async function get(id: string): Promise<KnownPerson> {
    const row = isId(id)
      ? await db.selectFrom('people').select(columns).where('id', '=', id).executeTakeFirst()
      : undefined;
    if (row === undefined) throw noPerson();
    return toPerson(row);
  }

  return {
    async list({ after, limit }) {
      let query = db.selectFrom('people').select(columns).orderBy('id').limit(limit);
      if (after !== undefined && isId(after)) query = query.where('id', '>', after);
      return (await query.execute()).map(toPerson);
    },

    async byIds(ids) {
      const wanted = ids.filter(isId);
      if (wanted.length === 0) return [];
      const rows = await db.selectFrom('people').select(columns).where('id', 'in', wanted).execute();
      return rows.map(toPerson);
    },

    async byEmail(email) {
      const row = await db
        .selectFrom('people')
        .select(columns)
        .where('email', '=', normalEmail(email))
        .executeTakeFirst();
      return row && toPerson(row);
    },

    async add({ email, name, password, emailVerified = false, language }) {
      const address = normalEmail(email);
      const hash = password === undefined ? undefined : await checkedHash(password, [address, name]);
      const id = newId();
      try {
        return await db.transaction().execute(async (trx) => {
          const row = await trx
            .insertInto('people')
            .values({ id, email: address, name, email_verified: emailVerified, language: language ?? null })
            .returning(columns)
            .executeTakeFirstOrThrow();
          if (hash !== undefined) await trx.insertInto('credentials').values(passwordOf(id, hash)).execute();
          return toPerson(row);
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw new AppError('EMAIL_TAKEN', `There is an account with ${address} already.`);
        throw error;
      }
    },

    async remove(id) {
      await db.deleteFrom('people').where('id', '=', id).execute();
    },

    async needsFounder() {
      const found = await db
        .selectFrom('people')
        .select('id')
        .where((eb) => eb.or([eb('founder', '=', true), eb('operator', '=', true)]))
        .limit(1)
        .executeTakeFirst();
      return found === undefined;
    },

    async makeFounder(id) {
      try {
        const values = { operator: true, founder: true, updated_at: sql<Date>`now()` };
        await db.updateTable('people').set(values).where('id', '=', id).execute();
        changed(id);
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    async setPassword(id, password) {
      const { email, name } = await get(id);
      const hash = await checkedHash(password, [email, name]);
      await db
        .insertInto('credentials')
        .values(passwordOf(id, hash))
        .onConflict((conflict) =>
          conflict.columns(['provider', 'account_id']).doUpdateSet({ password: hash, updated_at: sql<Date>`now()` }),
        )
        .execute();
      await endPending(id);
      await endSessions(id);
    },

    async change(id, { operator, disabled }) {
      await get(id);
      const row = await db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${operatorLock})`.execute(trx);
        if (operator === false || disabled === true) await keepOneOperator(trx, id);
        if (disabled === true) await trx.deleteFrom('sessions').where('person_id', '=', id).execute();
        return await trx
          .updateTable('people')
          .set({
            updated_at: sql<Date>`now()`,
            ...(operator !== undefined && { operator }),
            ...(disabled !== undefined && { disabled_at: disabled ? sql<Date>`now()` : null }),
          })
          .where('id', '=', id)
          .returning(columns)
          .executeTakeFirst();
      });
      if (row === undefined) throw noPerson();
      if (disabled === true) await endPending(id);
      changed(id);
      return toPerson(row);
    },

    endPending,
    endSessions,
  };
}

async function keepOneOperator(db: Kysely<Database>, except: string): Promise<void> {
  const operators = await db
    .selectFrom('people')
    .select('id')
    .where('operator', '=', true)
    .where('disabled_at', 'is', null)
    .execute();
  if (operators.length !== 1 || operators[0]?.id !== except) return;
  throw new AppError('LAST_OPERATOR', 'This is the last person who runs this server. Make somebody else one first.');
}

export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

async function checkedHash(password: string, about: readonly string[]): Promise<string> {
  await checkPassword(password, about);
  return await hashPassword(password);
}

function passwordOf(personId: string, hash: string) {
  return { id: newId(), person_id: personId, provider: 'credential', account_id: personId, password: hash };
}

function toPerson(row: Row): KnownPerson {
  const { id, email, name, operator, language } = row;
  return {
    id,
    email,
    name,
    operator,
    language,
    emailVerified: row.email_verified,
    twoFactor: row.two_factor,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
  };
}

function noPerson(): AppError {
  return new AppError('PERSON_NOT_FOUND', 'There is no such person. `esteira users list` shows all of them.');
}
