import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../app.ts';
import { createWorld } from '../stand-ins.ts';

async function headersAt(publicUrl: string | undefined) {
  const api = await createApp(createWorld({ publicUrl }).deps);
  const [found, missing] = [await api.inject('/livez'), await api.inject('/nothing-here')];
  await api.close();
  for (const name of ['content-security-policy', 'x-content-type-options', 'strict-transport-security']) {
    assert.equal(missing.headers[name], found.headers[name], `${name} also where there is nothing`);
  }
  return found.headers;
}

test('every answer is framed by nobody, runs nothing, and is sniffed by nobody', async () => {
  const headers = await headersAt(undefined);
  assert.equal(headers['content-security-policy'], "default-src 'none';frame-ancestors 'none';base-uri 'none'");
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
});

test('browsers are told to keep to TLS where there is TLS, and nowhere else', async () => {
  assert.equal((await headersAt('https://media.example'))['strict-transport-security'], 'max-age=31536000');
  assert.equal((await headersAt('http://media.example'))['strict-transport-security'], undefined);
  assert.equal((await headersAt(undefined))['strict-transport-security'], undefined);
});
