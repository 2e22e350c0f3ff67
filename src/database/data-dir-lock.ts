import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kernel/errors.ts';

/** Held until `release` or the death of the process, however it dies. */
export interface DataDirLock {
  /** Corrects the address, for whoever asked the system for any free port. */
  announce(address: string): void;
  release(): void;
}

/**
 * Makes the data folder this process's own: two processes in one embedded database would corrupt it.
 *
 * The lock is SQLite's on `esteira.lock`: the kernel drops it with the process, so none is ever stale. Who holds it
 * is written beside it, in `esteira.lock.json`, for people and for commands that look for the running server.
 *
 * @param address where the holder answers, `http://127.0.0.1:3000`; shown to whoever comes second
 * @throws AppError DATA_DIR_LOCKED
 */
export async function lockDataDir(dataDir: string, address: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'esteira.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? lockedBy(readDataDirHolder(dataDir), error) : error;
  }
  const holderPath = join(dataDir, holderFile);
  const startedAt = new Date().toISOString();
  const announce = (answeringAt: string): void => {
    const holder: DataDirHolder = { pid: process.pid, host: hostname(), startedAt, address: answeringAt };
    writeFileSync(holderPath, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  };
  announce(address);
  return {
    announce,
    release() {
      if (!database.isOpen) return;
      rmSync(holderPath, { force: true });
      database.close();
    },
  };
}

export interface DataDirHolder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  readonly address: string;
}

/** Who wrote its name last; it may be dead. Undefined when nobody did, or not legibly. */
export function readDataDirHolder(dataDir: string): DataDirHolder | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, holderFile), 'utf8')) as DataDirHolder;
  } catch {
    return undefined;
  }
}

const holderFile = 'esteira.lock.json';

function lockedBy(holder: DataDirHolder | undefined, cause: unknown): AppError {
  const who =
    holder === undefined
      ? 'another process'
      : `process ${holder.pid} on ${holder.host}, since ${holder.startedAt}, answering at ${holder.address}`;
  const advice = 'Use that server, stop it first, or give this one a folder of its own with --data.';
  return new AppError('DATA_DIR_LOCKED', `The data folder is in use by ${who}. ${advice}`, {
    cause,
    ...(holder !== undefined && { extensions: { address: holder.address } }),
  });
}

/** SQLITE_BUSY, whose extended codes keep it in the low byte. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
