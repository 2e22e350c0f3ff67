import type { Selectable } from 'kysely';

/** The compiler holds a list of columns to the tables' types, name by name and null by null. */
export type ColumnTypes<Tables> = {
  readonly [T in keyof Tables]: { readonly [C in keyof Selectable<Tables[T]>]: SqlTypeOf<Selectable<Tables[T]>[C]> };
};
type SqlTypeOf<T> = null extends T ? `${SqlType<Exclude<T, null>>} or null` : SqlType<T>;
type SqlType<T> = T extends Date
  ? 'timestamp with time zone'
  : T extends string
    ? 'uuid' | 'text' | 'xid8'
    : T extends number
      ? 'integer' | 'bigint' | 'double precision'
      : T extends boolean
        ? 'boolean'
        : 'jsonb';

export const times = { created_at: 'timestamp with time zone', updated_at: 'timestamp with time zone' } as const;
export const audit = { ...times, created_by: 'uuid', updated_by: 'uuid' } as const;
