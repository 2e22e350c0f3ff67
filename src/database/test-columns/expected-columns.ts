import type { Database } from '../schema.ts';
import { accountColumns } from './account-columns.ts';
import type { ColumnTypes } from './column-types.ts';
import { workColumns } from './work-columns.ts';

/** Every column there is. The compiler holds the list to schema.ts, a test of each database holds the tables to the list. */
export const expectedColumns: ColumnTypes<Database> = { ...accountColumns, ...workColumns };
