import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import pg from 'pg';
import { freshDatabase, postgresUrl, redisUrl } from './servers.ts';

test('PostgreSQL answers, and each test can have a database of its own', async () => {
  const database = await freshDatabase();
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  await client.end();
  assert.equal(`/${rows[0]?.name}`, new URL(database.url).pathname);
  await database.drop();
  const again = new pg.Client(database.url);
  await assert.rejects(again.connect(), { code: '3D000' }); // invalid_catalog_name
  assert.equal(await postgresUrl(), await postgresUrl());
});

test('Redis answers and never evicts', async () => {
  const client = new Redis(await redisUrl());
  const [, policy] = (await client.config('GET', 'maxmemory-policy')) as [string, string];
  client.disconnect();
  assert.equal(policy, 'noeviction');
});
