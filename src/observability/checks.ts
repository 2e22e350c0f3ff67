import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes, gibibyte, mebibyte } from '#kernel/units.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { HealthCheck, HealthReading } from './health.ts';

/** @param ping one round trip to the database */
export function databaseCheck(ping: () => Promise<unknown>): HealthCheck {
  return {
    name: 'database',
    critical: true,
    async read() {
      await ping();
      return { status: 'healthy' };
    },
  };
}

/** @param inForce whether the database itself keeps the rows of tenants apart, besides the queries */
export function rowSecurityCheck(inForce: boolean): HealthCheck {
  return {
    name: 'rowSecurity',
    critical: false,
    async read() {
      return inForce ? { status: 'healthy' } : { status: 'degraded', reason: withoutRowSecurity };
    },
  };
}

export const withoutRowSecurity =
  'Row-level security is not in force: the user of DATABASE_URL may not create roles. Queries keep tenants apart, and ' +
  'nothing stands under them. Let an administrator of the database run "create role esteira_tenant nologin" and "grant ' +
  'esteira_tenant to" this user, then start again.';

/**
 * Without it everybody still looks for themselves, only later: no reason to get no traffic. An engine that is set up
 * wrongly is one.
 */
export function fanOutCheck(fanOut: FanOut): HealthCheck {
  return {
    name: 'fanOut',
    critical: true,
    async read() {
      const facts = { driver: fanOut.driver };
      try {
        await fanOut.check();
        return { status: 'healthy', facts };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const status = error.code === 'FAN_OUT_UNAVAILABLE' ? 'degraded' : 'unhealthy';
        return { status, reason: error.detail, facts };
      }
    },
  };
}

/** Asks for an object that cannot exist: a round trip without a trace. */
export function storageCheck(store: ObjectStore): HealthCheck {
  return {
    name: 'storage',
    critical: true,
    async read() {
      await store.sizeOf('0'.repeat(64));
      return { status: 'healthy' };
    },
  };
}

export function sandboxCheck(sandbox: Sandbox): HealthCheck {
  return {
    name: 'sandbox',
    critical: false,
    async read() {
      const { children, waiting, crashes, deadlineKills, memoryKills } = sandbox.stats();
      const rssBytes = children.reduce((sum, child) => sum + child.rssBytes, 0);
      const facts = { children: children.length, rssBytes, waiting, crashes, deadlineKills, memoryKills };
      return { status: 'healthy', facts };
    },
  };
}

/** @param dir any folder on the file system that holds the data */
export function diskCheck(dir: string): HealthCheck {
  return {
    name: 'disk',
    critical: false,
    async read() {
      const { bavail, bsize, blocks } = await statfs(dir);
      return low('free on the data disk', bavail * bsize, blocks * bsize, gibibyte, 256 * mebibyte);
    },
  };
}

/** Memory of the machine, or of the container where it has a limit. */
export function memoryCheck(): HealthCheck {
  return {
    name: 'memory',
    critical: false,
    async read() {
      const totalBytes = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
      return low('of memory free', process.availableMemory(), totalBytes, 512 * mebibyte, 64 * mebibyte);
    },
  };
}

function low(what: string, freeBytes: number, totalBytes: number, degraded: number, unhealthy: number): HealthReading {
  const facts = { freeBytes, totalBytes };
  if (freeBytes > degraded) return { status: 'healthy', facts };
  const status = freeBytes > unhealthy ? 'degraded' : 'unhealthy';
  return { status, reason: `${formatBytes(freeBytes)} ${what}.`, facts };
}
