import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Bucket } from './s3-bucket.ts';

/**
 * Keeps removing an object and putting it again from missing each other, in a store whose DELETE knows no condition.
 *
 * Who removes leaves a mark, looks once more at the age of the object, deletes it, and takes the mark away. Who puts
 * writes first, then waits until there is no mark, and then looks whether the object is there. If the one who removes
 * looked before the other wrote, its mark was there before that too: it is still there when the other looks for marks,
 * and is waited for, or it is gone, and so is the object, which the other finds out at its last look.
 */
export interface CondemnedKeys {
  /**
   * @param isOld looks at the object: undefined when there is none
   * @returns whether it is gone
   */
  remove(key: string, sha256: string, isOld: () => Promise<boolean | undefined>): Promise<boolean>;
  /** Resolves when nobody is about to remove it who looked before this was called. */
  untilSpared(sha256: string): Promise<void>;
  /** Takes away the marks of those who were killed. */
  sweep(): Promise<void>;
}

const folder = 'condemned/';
/** A mark is only good for so long: afterwards nothing is removed under it. */
const usableMs = 5_000;
const pollMs = 100;
const abandonedMs = 3_600_000;

/** @param callMs how long a DELETE may take at most, with all its tries */
export function createCondemnedKeys(bucket: S3Bucket, callMs: number): CondemnedKeys {
  return {
    async remove(key, sha256, isOld) {
      const old = await isOld();
      if (old !== true) return old === undefined;
      const mark = `${folder}${sha256}/${randomUUID()}`;
      await bucket.putEmpty(mark);
      const startedAt = performance.now();
      const still = await isOld();
      const inTime = performance.now() - startedAt < usableMs;
      // When this fails, nobody knows whether it was done: the mark stays, until others have waited long enough.
      if (still === true && inTime) await bucket.remove(key);
      await bucket.remove(mark);
      return still === undefined || (still && inTime);
    },

    async untilSpared(sha256) {
      const endMs = performance.now() + usableMs + callMs;
      for (;;) {
        const marks = await keysOf(bucket, `${folder}${sha256}/`);
        if (marks.length === 0) return;
        if (performance.now() > endMs) {
          for (const mark of marks) await bucket.remove(mark);
          return;
        }
        await sleep(pollMs);
      }
    },

    async sweep() {
      for await (const { key, modifiedAtMs } of bucket.list(folder)) {
        if (Date.now() - modifiedAtMs > abandonedMs) await bucket.remove(key);
      }
    },
  };
}

async function keysOf(bucket: S3Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key);
  return keys;
}
