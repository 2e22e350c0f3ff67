import type { Kysely } from 'kysely';
import type { Acting } from '#accounts/acting.ts';
import type { Audit } from '#audit/audit.ts';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';

export interface LimitMode {
  /** `aggressive`: every limit is a quarter of what it is otherwise. */
  readonly mode: 'normal' | 'aggressive';
  /** When it is normal again by itself; null: when somebody says so. */
  readonly until: Date | null;
}

/** How strict all processes are together. */
export interface LimitModes {
  /** As this process knows it: others' changes arrive within a second, or within ten where nobody is told. */
  current(): LimitMode;
  /** @returns what holds of a limit now, at least 1 */
  allowed(limit: number): number;
  /**
   * On record, and known to all processes.
   *
   * @param by who wants it; null: the program itself, which watches over the server
   */
  change(by: Acting | null, mode: LimitMode): Promise<LimitMode>;
  close(): void;
}

export interface LimitModesDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: Pick<FanOut, 'tell' | 'on'>;
  readonly audit: Audit;
  /** Called when it has become another one, from here or elsewhere. */
  readonly onChange: (mode: LimitMode) => void;
  readonly onError: (error: unknown) => void;
}

const normal: LimitMode = { mode: 'normal', until: null };
const aggressiveShare = 4;
const lookMs = 10_000;

/** Kept in the database, so that processes which start later know it too. Reads it before it returns. */
export async function openLimitModes({ db, fanOut, audit, onChange, onError }: LimitModesDeps): Promise<LimitModes> {
  let known = normal;

  async function look(): Promise<void> {
    const row = await db.selectFrom('limit_mode').select(['mode', 'until']).executeTakeFirst();
    learn(row ?? normal);
  }
  function learn(mode: LimitMode): void {
    const before = current();
    known = mode;
    if (current().mode !== before.mode) onChange(current());
  }
  function current(): LimitMode {
    const isOver = known.until !== null && known.until.getTime() <= Date.now();
    return isOver ? normal : known;
  }

  await look();
  const lookAgain = (): void => void look().catch(onError);
  const stopListening = fanOut.on('limits-changed', lookAgain);
  const timer = setInterval(lookAgain, lookMs).unref();
  return {
    current,
    allowed: (limit) => (current().mode === 'normal' ? limit : Math.max(1, Math.floor(limit / aggressiveShare))),
    async change(by, mode) {
      const before = current();
      const row = { ...mode, updated_at: new Date(), updated_by: by?.principal.userId ?? null };
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('limit_mode')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute();
        const act = {
          action: 'limits.changed',
          subject: { kind: 'limits', id: 'mode' },
          before: told(before),
          after: told(mode),
        };
        await audit.record({ tenantId: null, by: by?.principal ?? null, origin: by?.origin, ...act }, trx);
      });
      learn(mode);
      fanOut.tell('limits-changed');
      return current();
    },
    close() {
      stopListening();
      clearInterval(timer);
    },
  };
}

function told({ mode, until }: LimitMode): Readonly<Record<string, unknown>> {
  return { mode, until: until?.toISOString() ?? null };
}
