import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createApp } from '../app.ts';
import { createWorld } from '../stand-ins.ts';

test('a loop that lags for seconds refuses work with 503, still answers probes, and recovers', async () => {
  const app = await createApp(createWorld().deps);
  const status = async (url: string): Promise<number> =>
    (await app.inject({ url, headers: { host: 'localhost' } })).statusCode;
  const endMs = performance.now() + 15_000;
  try {
    assert.equal(await status('/v1/jobs'), 200);
    while ((await status('/v1/jobs')) !== 503) {
      assert.ok(performance.now() < endMs, 'never refused');
      block(600);
      await turn();
    }
    assert.equal(await status('/livez'), 200);
    assert.equal(await status('/metrics'), 200);
    while ((await status('/v1/jobs')) !== 200) {
      assert.ok(performance.now() < endMs, 'never recovered');
      await turn();
    }
  } finally {
    await app.close();
  }
});

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
