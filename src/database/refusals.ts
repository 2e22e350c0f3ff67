import type { DatabaseConnection, Dialect, Driver } from 'kysely';
import { AppError, type ErrorCode, isErrorCode } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';

/** What functions of the database raise that know a tenant's plan, see migration 0014. */
const refusedByPlan = 'ESPLN';

interface Refusal {
  readonly code: ErrorCode;
  /** Which of the plan's: `imagesPerMonth`. */
  readonly limit: string | null;
  readonly allowed: number | null;
  readonly used: number | null;
  readonly requested: number | null;
  readonly resetsAt: string | null;
}

/** The same dialect, whose errors are AppErrors where the database refuses what a tenant's plan does not allow. */
export function sayingRefusals(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createDriver: () => withRefusals(dialect.createDriver()),
  };
}

function withRefusals(driver: Driver): Driver {
  const known = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (...options) => {
    const connection = await acquire(...options);
    if (known.has(connection)) return connection;
    known.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = (...query) => execute(...query).catch(rethrow) as never;
    return connection;
  };
  return driver;
}

function rethrow(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== refusedByPlan) throw error;
  const said: unknown = 'detail' in error && typeof error.detail === 'string' ? JSON.parse(error.detail) : undefined;
  const { code, ...facts } = said as Refusal;
  if (!isErrorCode(code)) throw error;
  throw planRefusal(code, facts);
}

/** A refusal by a tenant's plan: which limit, how much of it is used, when it begins anew. */
export function planRefusal(code: ErrorCode, known: Partial<Omit<Refusal, 'code'>> = {}): AppError {
  const facts = { ...nothing, ...known };
  const extensions = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
  return new AppError(code, detailOf(code, facts), { extensions });
}

const nothing = { limit: null, allowed: null, used: null, requested: null, resetsAt: null };

function detailOf(code: ErrorCode, { limit, allowed, used, requested, resetsAt }: Omit<Refusal, 'code'>): string {
  if (code === 'OBJECT_ERASED') return 'The same file was erased a moment ago. Send it again in a minute.';
  if (code === 'TENANT_SUSPENDED') {
    return 'This workspace is suspended: what is there can be read, and nothing new is made. Ask whoever runs the server.';
  }
  if (code === 'UPLOAD_TOO_LARGE') {
    return `The upload is larger than ${formatBytes(allowed ?? 0)}, the most that the plan of this workspace allows for one.`;
  }
  if (code === 'QUOTA_EXCEEDED') {
    const rest = requested === null ? 'so there is no room for more' : `and this needs ${formatBytes(requested)}`;
    const stands = `${formatBytes(used ?? 0)} of the ${formatBytes(allowed ?? 0)} of this workspace's plan are taken, ${rest}.`;
    return `${stands} Remove what nobody needs, or ask for a larger plan.`;
  }
  const what = limit === 'audioMinutesPerMonth' ? 'minutes of sound' : 'pictures';
  const asked = requested === null ? '' : ` and ${shown(requested)} more were asked for`;
  return (
    `The plan of this workspace allows ${allowed} ${what} in a month; ${shown(used ?? 0)} are done or in line${asked}. ` +
    `The next month begins at ${resetsAt}.`
  );
}

function shown(count: number): string {
  return String(Math.round(count * 100) / 100);
}
