import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openReceiver, verified } from '#webhooks/test-webhooks.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

// Killed between the receiver's answer and the row that says so: the message comes again, and is the same one.

let root: string;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'esteira-webhooks-'));
  receiver = await openReceiver();
});
after(async () => {
  receiver.close();
  await rm(root, { recursive: true, force: true });
});

function start(failpoint?: string): Promise<StartedServer> {
  const env = {
    ESTEIRA_PORT: '0',
    ESTEIRA_DATA_DIR: join(root, 'data'),
    ESTEIRA_LOG_FILE: join(root, 'log'),
    ESTEIRA_WORKER_PROCESSES: '1',
    ...(failpoint && { ESTEIRA_TEST: '1', ESTEIRA_FAILPOINT: failpoint }),
  };
  return startServerProgram([], { cwd: root, env });
}

async function call<T>(server: StartedServer, path: string, body?: object): Promise<T> {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(server.address + path, init);
  assert.ok(response.ok, await response.clone().text());
  return (await response.json()) as T;
}

interface Delivery {
  readonly messageId: string;
  readonly state: string;
  readonly attempts: number;
}

test('a webhook whose sender was killed is sent again with the same id', async () => {
  const doomed = await start('webhook-sent');
  const died = new Promise((resolve) => doomed.process.once('exit', (_code, signal) => resolve(signal)));
  const endpoint = { url: `${receiver.url}/hook`, events: ['job.succeeded'] };
  const { id, secret } = await call<{ id: string; secret: string }>(doomed, '/v1/webhooks', endpoint);
  // It may die before it answers.
  await fetch(`${doomed.address}/v1/webhooks/${id}/test`, { method: 'POST' }).catch(() => undefined);
  assert.equal(await died, 'SIGKILL');
  assert.equal(receiver.at('/hook').length, 1);

  const server = await start();
  try {
    const messageId = await until(async () => {
      const { items } = await call<{ items: Delivery[] }>(server, `/v1/webhooks/${id}/deliveries`);
      assert.deepEqual(
        items.map(({ state, attempts }) => [state, attempts]),
        [['delivered', 1]],
      );
      return items[0]?.messageId;
    }, 30_000);
    const [first, second, ...more] = receiver.at('/hook');
    assert.ok(first && second);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [first, second].map((each) => [each.headers['webhook-id'], each.body]),
      [
        [messageId, first.body],
        [messageId, first.body],
      ],
    );
    for (const each of [first, second]) assert.equal(verified(each, secret).type, 'ping');
  } finally {
    await server.stop('SIGKILL');
  }
});
