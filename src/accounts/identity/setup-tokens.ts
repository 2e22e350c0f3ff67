import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';

/** What proves that somebody owns this server before anybody has an account: it stands in the log of its start. */
export interface SetupTokens {
  /** A new one; only its hash is kept. */
  make(): Promise<string>;
  isRight(token: string): Promise<boolean>;
  /** None is right any more. */
  end(): Promise<void>;
}

export function createSetupTokens(db: Kysely<Database>): SetupTokens {
  return {
    async make() {
      const token = randomBytes(24).toString('base64url');
      await db
        .insertInto('setup_tokens')
        .values({ token_hash: hashOf(token) })
        .execute();
      return token;
    },
    async isRight(token) {
      const found = await db
        .selectFrom('setup_tokens')
        .select('token_hash')
        .where('token_hash', '=', hashOf(token))
        .executeTakeFirst();
      return found !== undefined;
    },
    async end() {
      await db.deleteFrom('setup_tokens').execute();
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
