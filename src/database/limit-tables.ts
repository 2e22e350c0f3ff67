import type { ColumnType, Generated } from 'kysely';

/** The tables of `migrations/0015-limits.ts`. */
export interface LimitTables {
  rate_limits: RateLimitTable;
  request_counts: RateLimitTable;
  limit_mode: LimitModeTable;
}

interface RateLimitTable {
  key: string;
  /** What was used. */
  points: number;
  /** When it no longer counts, in milliseconds of the clock. */
  expire: number;
}

interface LimitModeTable {
  id: Generated<boolean>;
  mode: 'normal' | 'aggressive';
  /** Null: until somebody changes it. */
  until: Date | null;
  updated_at: ColumnType<Date, Date | undefined, Date>;
  /** Null: the program itself. */
  updated_by: string | null;
}
