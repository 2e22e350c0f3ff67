import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { openClient } from './support/client.ts';
import { hostileTests } from './support/hostile-tests.ts';
import { startIsolatedServer } from './support/isolated-server.ts';

// Addresses that lead to what only the server can reach. In the closed network every address answers, so that whoever
// is reached by mistake says so; what is public in the world is the only thing that may be.

const tests = hostileTests('ssrf', {
  env: {
    ESTEIRA_MAX_UPLOAD_BYTES: '2000000',
    ESTEIRA_WEBHOOK_PRIVATE_HOSTS: 'none',
  },
});

/** Of the public internet; a page there is `support/pages.ts`. */
const publicAddress = '93.184.215.14';
const origin = `http://${publicAddress}`;

const refusedAtOnce: readonly [row: number, title: string, urls: readonly string[], alsoWebhooks?: false][] = [
  [98, '0.0.0.0', ['http://0.0.0.0/a.png', 'http://0/a.png', 'http://0.1.2.3/a.png', 'http://0x0/a.png']],
  [
    99,
    '127.0.0.1 in other spellings',
    [
      'http://127.1/a.png',
      'http://127.0.0.1:8080/a.png',
      'http://2130706433/a.png',
      'http://0x7f000001/a.png',
      'http://0x7f.1/a.png',
      'http://0177.0.0.1/a.png',
      'http://127.0.0.1./a.png',
      'http://①②⑦.⓪.⓪.①/a.png',
      'http://127。0。0。1/a.png',
    ],
  ],
  [
    100,
    '::1 and IPv4 in IPv6',
    [
      'http://[::1]/a.png',
      'http://[::]/a.png',
      'http://[::ffff:169.254.169.254]/a.png',
      'http://[::ffff:a9fe:a9fe]/a.png',
    ],
  ],
  [
    101,
    'NAT64, 6to4, Teredo, ISATAP',
    [
      'http://[64:ff9b::a9fe:a9fe]/a.png',
      'http://[64:ff9b:1::7f00:1]/a.png',
      'http://[2002:a9fe:a9fe::]/a.png',
      'http://[2001::f5ff:ffff]/a.png',
      'http://[2606:4700::5efe:7f00:1]/a.png',
      'http://[fe80::1]/a.png',
      'http://[fd00::1]/a.png',
    ],
  ],
  [102, 'shared address space of providers', ['http://100.64.0.1/a.png', 'http://100.127.255.254/a.png']],
  [
    103,
    'metadata of clouds and private networks',
    [
      'http://169.254.169.254/latest/meta-data/',
      'http://2852039166/latest/',
      'http://10.0.0.1/a.png',
      'http://172.16.0.1/a.png',
      'http://192.168.1.1/a.png',
      'http://198.18.0.1/a.png',
      'http://224.0.0.1/a.png',
      'http://255.255.255.255/a.png',
    ],
  ],
  [
    104,
    'other schemes',
    [
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_INFO',
      'ftp://example.com/a.png',
      'data:image/png;base64,AAAA',
      'dict://127.0.0.1/',
      'javascript:alert(1)',
      '//93.184.215.14/a.png',
      'HTTP:/\\\\127.0.0.1/a.png',
    ],
  ],
  [
    105,
    'a user or a password in the address',
    [`http://user@${publicAddress}/a.png`, `http://${publicAddress}:80@127.0.0.1/a.png`, 'http://a:b@example.com/'],
  ],
  // Receivers of webhooks may be at any port.
  [106, 'ports of other protocols', [`${origin}:6379/`, `${origin}:22/`, `${origin}:25/`, `${origin}:0/`], false],
];

for (const [row, title, urls, alsoWebhooks = true] of refusedAtOnce) {
  tests.row(row, `${title}: refused with 422 URL_NOT_ALLOWED, whoever would fetch it`, async () => {
    for (const url of urls) {
      const imported = await tests.sendJson('/v1/assets/import', { url });
      assert.deepEqual([imported.status, imported.json().code], [422, 'URL_NOT_ALLOWED'], `${url}: ${imported.bytes}`);
      // The drop-in APIs say it in the words of those whom they stand in for.
      const removed = await tests.sendJson('/v1.0/removebg', { image_url: url });
      assert.deepEqual(
        [removed.status, removed.json().errors?.[0]?.code],
        [400, 'invalid_image_url'],
        `${url}: ${removed.bytes}`,
      );
      const rembg = await tests.ask(`/api/remove?url=${encodeURIComponent(url)}`);
      assert.ok(rembg.status === 400 || rembg.status === 422, `${url}: ${rembg.status} ${rembg.bytes}`);
      if (!alsoWebhooks) continue;
      const webhook = await tests.sendJson('/v1/webhooks', { url, events: ['job.succeeded'] });
      const expected = /^https?:\/\//.test(url) ? [422, 'URL_NOT_ALLOWED'] : [400, 'INVALID_PARAMETERS'];
      assert.deepEqual([webhook.status, webhook.json().code], expected, `${url}: ${webhook.bytes}`);
    }
  });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of a job
async function importing(url: string, prefer = 'wait=30'): Promise<any> {
  const answer = await tests.sendJson('/v1/assets/import', { url }, { prefer });
  assert.ok(answer.status === 200 || answer.status === 202, `${url}: ${answer.status} ${answer.bytes}`);
  return answer.json();
}

async function assertEndsWith(code: string, url: string): Promise<void> {
  const job = await importing(url);
  assert.deepEqual([job.status, job.error?.code, job.attempts], ['failed', code, 1], `${url}: ${JSON.stringify(job)}`);
}

const publicPlaces = { reaches: [`${publicAddress}:80`, `${publicAddress}:8080`], asksNames: true };

tests.row(
  107,
  'names that mean something else the second time: job failed with URL_NOT_ALLOWED',
  async () => {
    await tests.server.resolveNames({
      'inside.test': ['169.254.169.254'],
      'rebind.test': [publicAddress, '169.254.169.254'],
      'rebind-loopback.test': [publicAddress, '127.0.0.1'],
      'mixed.test': [`169.254.169.254,127.0.0.1`],
      'half.test': [`10.0.0.1,${publicAddress}`],
      'public.test': [publicAddress],
    });
    // The names are really asked, and what is public is really reached.
    assert.equal((await importing('http://public.test/a.png')).status, 'succeeded');
    // Of two addresses, only the public one is tried.
    assert.equal((await importing('http://half.test/a.png')).status, 'succeeded');
    for (const name of ['inside.test', 'mixed.test', 'localhost']) {
      await assertEndsWith('URL_NOT_ALLOWED', `http://${name}/a.png`);
    }
    // Public for the first question; a redirect makes it ask again.
    for (const name of ['rebind.test', 'rebind-loopback.test']) {
      await assertEndsWith('URL_NOT_ALLOWED', `http://${name}/to?url=${encodeURIComponent(`http://${name}/a.png`)}`);
    }
  },
  publicPlaces,
);

tests.row(
  108,
  'redirects into private networks: job failed with URL_NOT_ALLOWED',
  async () => {
    const targets = [
      'http://169.254.169.254/latest/',
      'http://127.0.0.1:3000/v1/jobs',
      'http://[::1]/a.png',
      'http://0/a.png',
      'file:///etc/passwd',
      'gopher://127.0.0.1:6379/_INFO',
      `http://user@${publicAddress}/a.png`,
      `http://${publicAddress}:6379/`,
      '//10.0.0.1/a.png',
    ];
    for (const target of targets) {
      await assertEndsWith('URL_NOT_ALLOWED', `${origin}/to?url=${encodeURIComponent(target)}`);
    }
    const twice = `${origin}:8080/to?url=${encodeURIComponent('http://169.254.169.254/')}`;
    await assertEndsWith('URL_NOT_ALLOWED', `${origin}/to?url=${encodeURIComponent(twice)}`);
  },
  publicPlaces,
);

tests.row(
  109,
  'a file without end: job failed with UPLOAD_TOO_LARGE',
  () => assertEndsWith('UPLOAD_TOO_LARGE', `${origin}/endless`),
  publicPlaces,
);

tests.row(110, 'a file that comes in drops: job failed with URL_FETCH_FAILED when its time is up', async () => {
  // A server of its own, whose imports have thirty seconds instead of five minutes.
  await using server = await startIsolatedServer({ ESTEIRA_DEADLINE_FACTOR: '0.1' });
  const client = openClient(server);
  const importAt = (path: string, prefer: string) =>
    client.sendJson('/v1/assets/import', { url: `${origin}${path}` }, { prefer });
  const { id } = (await importAt('/drip', 'wait=0')).json();
  // Whoever else waits for a worker is not kept.
  assert.equal((await importAt('/a.png', 'wait=30')).json().status, 'succeeded');
  const said = await until(async () => {
    const job = (await client.ask(`/v1/jobs/${id}`)).json();
    assert.ok(!['queued', 'active'].includes(job.status));
    return job;
  }, 60_000);
  client.close();
  assert.deepEqual([said.status, said.error?.code], ['failed', 'URL_FETCH_FAILED'], JSON.stringify(said));
  assert.match(said.error.detail, /was not there within 30 seconds/);
});
