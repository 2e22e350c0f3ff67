import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { reportContract } from '../../test/support/contracts.ts';
import { until } from '../../test/support/until.ts';
import type { Cache, CacheOptions } from './cache.ts';

export interface CacheUnderTest {
  /** `Redis 7.0.15` */
  readonly engine: string;
  /** An empty one; the contract closes it. Ready to keep things once this resolves. */
  open(options: CacheOptions): Promise<Cache>;
  close(): Promise<void>;
}

const roomy = { ttlMs: 60_000, maxBytes: 10_000_000 };

/** What every driver must do. */
export function testCache(driver: string, make: () => Promise<CacheUnderTest>): void {
  describe(`cache contract: ${driver}`, () => {
    let engine: CacheUnderTest;
    before(async () => {
      engine = await make();
    });
    after(async () => {
      await engine.close();
      reportContract('cache', driver, engine.engine);
    });

    async function opened(options: Partial<CacheOptions> = {}): Promise<AsyncDisposable & { cache: Cache }> {
      const cache = await engine.open({ ...roomy, ...options });
      return { cache, [Symbol.asyncDispose]: () => cache.close() };
    }

    test('gives back the bytes, whatever they are', async () => {
      await using own = await opened();
      const { cache } = own;
      assert.equal(cache.driver, driver);
      const values = [Buffer.alloc(0), Buffer.from([0, 255, 13, 10, 128]), randomBytes(250_000)];
      for (const [at, value] of values.entries()) {
        await cache.set(`key ${at}`, value);
        assert.deepEqual(await cache.get(`key ${at}`), value);
      }
    });

    test('what is not there is a miss', async () => {
      await using own = await opened();
      assert.equal(await own.cache.get(randomUUID()), undefined);
    });

    test('the newest bytes of a key hold', async () => {
      await using own = await opened();
      await own.cache.set('key', Buffer.from('old'));
      await own.cache.set('key', Buffer.from('new'));
      assert.equal(String(await own.cache.get('key')), 'new');
    });

    test('what is dropped is gone, and nothing else', async () => {
      await using own = await opened();
      const { cache } = own;
      for (const key of ['a', 'b', 'c']) await cache.set(key, Buffer.from(key));
      await cache.drop(['a', 'c', 'never there']);
      await cache.drop([]);
      const left = await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)));
      assert.deepEqual(left.map(String), ['undefined', 'b', 'undefined']);
    });

    test('what is old is gone', async () => {
      await using own = await opened({ ttlMs: 200 });
      await own.cache.set('key', Buffer.from('soon gone'));
      await until(async () => assert.equal(await own.cache.get('key'), undefined));
    });

    test('keeps no more than it may', async () => {
      const maxBytes = 100_000;
      await using own = await opened({ maxBytes });
      const { cache } = own;
      const keys = Array.from({ length: 100 }, (_, at) => `key ${at}`);
      for (const key of keys) await cache.set(key, randomBytes(5_000));
      const kept = await Promise.all(keys.map((key) => cache.get(key)));
      const bytes = kept.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      assert.ok(bytes > 0 && bytes <= maxBytes, `${bytes} bytes`);
      await cache.set('too large', randomBytes(maxBytes / 10 + 1));
      assert.equal(await cache.get('too large'), undefined);
    });

    test('after its end everything is a miss', async () => {
      const { cache } = await opened();
      await cache.set('key', Buffer.from('value'));
      await cache.close();
      await cache.set('other', Buffer.from('value'));
      await cache.drop(['key']);
      assert.equal(await cache.get('key'), undefined);
    });
  });
}
