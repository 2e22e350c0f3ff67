import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { EventSource } from 'eventsource';
import sharp from 'sharp';
import { Upload } from 'tus-js-client';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { startNginx, testNginxConfig, writeNginxConfig } from '../support/nginx.ts';
import { freshServerDir } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// A real nginx with the configuration of deploy/compose, two real API processes behind it, and PostgreSQL. They share a
// folder, as they would share S3: test/e2e runs the whole API on that.

const secret = randomBytes(24).toString('hex');
const [user, password] = ['maria', 'correct horse'];
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const settings = {
  ESTEIRA_AUTH: 'proxy',
  ESTEIRA_PROXY_SECRETS: secret,
  ESTEIRA_TRUST_PROXY: 'loopback',
};

interface Site extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly address: string;
  readonly ask: typeof fetch;
  /** The API process that is meant by `X-Answered-By`. */
  answeredBy(headers: Headers): Fleet['apis'][number];
}

async function startSite(): Promise<Site> {
  const fleet = await startFleet('postgres', { env: settings, workers: 1 });
  const [first, second] = fleet.apis.map(({ address }) => address);
  assert.ok(first && second);
  const { address } = await startNginx({ apis: [first, second], secret, user, password });
  return {
    fleet,
    address,
    ask: (path, init) => fetch(`${address}${path}`, { ...init, headers: { authorization, ...init?.headers } }),
    answeredBy(headers) {
      const host = headers.get('x-answered-by')?.split(', ').at(-1);
      const api = fleet.apis.find((one) => one.address.endsWith(String(host)));
      assert.ok(api, `nobody is ${host}`);
      return api;
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

/** A PNG of about so many bytes, which nothing can make smaller. */
function noise(sizeBytes: number): Promise<Buffer> {
  const [width, height] = [4_500, Math.floor(sizeBytes / 4_500 / 3)];
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function kill({ process: child }: Fleet['apis'][number]): Promise<unknown> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}

describe('behind nginx', () => {
  test('who is there is asked, uploads of 60 MB go through, and nobody gets past it', async () => {
    await using site = await startSite();
    const { ask, address, fleet } = site;
    const served = new Set<string | null>();
    for (let turn = 0; turn < 4; turn++) served.add((await ask('/v1/processors')).headers.get('x-answered-by'));
    assert.equal(served.size, 2, 'both take turns');

    assert.equal((await fetch(`${address}/v1/jobs`)).status, 401);
    assert.equal((await fetch(`${address}/readyz`)).status, 200, 'for who watches from outside');
    assert.equal((await ask('/metrics')).status, 404);
    const past = await fetch(`${fleet.apis[0]?.address}/v1/jobs`);
    assert.deepEqual([past.status, ((await past.json()) as { code: string }).code], [403, 'PROXY_REQUIRED']);
    const wrong = { headers: { 'x-esteira-proxy-secret': `${secret}x` } };
    assert.equal((await fetch(`${fleet.apis[0]?.address}/v1/jobs`, wrong)).status, 403);
    const forged = await ask('/v1/jobs', { headers: { 'x-esteira-proxy-secret': 'nonsense' } });
    assert.equal(forged.status, 200, 'what a client claims is replaced');

    const file = await noise(62_000_000);
    assert.ok(file.length > 60_000_000 && file.length < 62_914_560);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(file)]), 'noise.png');
    const upload = await ask('/v1/assets', { method: 'POST', body: form });
    assert.equal(upload.status, 201, await upload.clone().text());
    const { id } = (await upload.json()) as { id: string };
    const content = await ask(`/v1/assets/${id}/content`);
    assert.equal(sha256(new Uint8Array(await content.arrayBuffer())), sha256(file));

    const tooLarge = await ask('/v1/assets', { method: 'POST', body: new Uint8Array(63_500_000) });
    assert.equal(tooLarge.status, 413);
    assert.equal(((await tooLarge.json()) as { code: string }).code, 'UPLOAD_TOO_LARGE', 'the API says it, not nginx');

    const body = JSON.stringify({ assetId: id, widthPx: 20 });
    const headers = { 'content-type': 'application/json' };
    const signed = (await (await ask('/v1/images/signed-urls', { method: 'POST', body, headers })).json()) as {
      url: string;
    };
    assert.ok(signed.url.startsWith(address), `${signed.url} is of ${address}`);
    assert.equal((await fetch(signed.url)).headers.get('content-type'), 'image/png', 'the signature is the key');
  });

  test('a tus upload goes on at the other process when the one that took it is killed', async () => {
    await using site = await startSite();
    const file = await noise(12_000_000);
    const pieceBytes = 1_000_000;
    const requests: { method: string; from: string }[] = [];
    const finished = Promise.withResolvers<string>();
    let killed: Promise<unknown> | undefined;
    let victim: Fleet['apis'][number] | undefined;
    const upload = new Upload(file, {
      endpoint: `${site.address}/v1/uploads`,
      headers: { Authorization: authorization },
      chunkSize: pieceBytes,
      metadata: { filename: 'noise.png' },
      retryDelays: [0, 100, 500, 1_000, 2_000],
      onAfterResponse(request, response) {
        const from = response.getHeader('x-answered-by')?.split(', ').at(-1) ?? '';
        requests.push({ method: request.getMethod(), from });
      },
      onChunkComplete(_sizeBytes, acceptedBytes) {
        if (acceptedBytes < 3 * pieceBytes || killed) return;
        victim = site.answeredBy(new Headers({ 'x-answered-by': requests.at(-1)?.from ?? '' }));
        killed = kill(victim);
      },
      onSuccess: ({ lastResponse }) => finished.resolve(lastResponse.getHeader('upload-asset-id') ?? ''),
      onError: (error) => finished.reject(error),
    });
    upload.start();
    const id = await finished.promise;
    assert.ok(victim, 'a process was killed on the way');
    await killed;
    assert.equal(requests.filter(({ method }) => method === 'POST').length, 1, 'it was begun once');
    const last = requests.at(-1)?.from ?? '';
    assert.ok(last !== '' && !victim.address.endsWith(last), 'the other process took the rest');
    const pieces = requests.filter(({ method }) => method === 'PATCH').length;
    assert.ok(pieces <= Math.ceil(file.length / pieceBytes) + 2, `${pieces} pieces: no more than one was sent again`);

    const content = await site.ask(`/v1/assets/${id}/content`);
    assert.equal(sha256(new Uint8Array(await content.arrayBuffer())), sha256(file));
  });

  test('events that happened while nobody listened are told by the other process', async () => {
    await using site = await startSite();
    const answers: Headers[] = [];
    const mayReconnect = Promise.withResolvers<void>();
    const source = new EventSource(`${site.address}/v1/events`, {
      async fetch(url, init) {
        if (answers.length > 0) await mayReconnect.promise;
        const response = await fetch(url, { ...init, headers: { ...init.headers, authorization } });
        if (response.ok) answers.push(response.headers);
        return response;
      },
    });
    try {
      const events: { readonly type: string; readonly id: number; readonly job: string; readonly status: string }[] =
        [];
      for (const type of ['job', 'ready', 'reset']) {
        source.addEventListener(type, ({ data, lastEventId }) => {
          const { id = '', status = '' } = JSON.parse(String(data)) as { id?: string; status?: string };
          events.push({ type, id: Number(lastEventId), job: id, status });
        });
      }
      const succeeded = () => new Set(events.filter(({ status }) => status === 'succeeded').map(({ job }) => job));
      await until(() => assert.ok(events.some(({ type }) => type === 'ready')));
      const first = await finishedJob(site, 10);
      await until(() => assert.ok(succeeded().has(first)));

      const [before = new Headers()] = answers;
      const victim = site.answeredBy(before);
      const heard = events.length;
      await kill(victim);
      const missed = await Promise.all([11, 12, 13].map((widthPx) => finishedJob(site, widthPx)));
      assert.equal(events.length, heard, 'nobody listened');
      mayReconnect.resolve();
      await until(
        () =>
          assert.deepEqual(
            missed.filter((id) => !succeeded().has(id)),
            [],
          ),
        20_000,
      );
      assert.equal(answers.length, 2);
      assert.notEqual(site.answeredBy(answers[1] ?? new Headers()), victim);
      const ids = events.map(({ id }) => id);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
        'the ids grow',
      );
      assert.ok(!events.some(({ type }) => type === 'reset'), 'nothing was left out');
    } finally {
      source.close();
    }
  });

  test('nginx takes the configuration, with TLS and with accounts as well', () => {
    const dir = freshServerDir('nginx-config');
    const apis = ['http://127.0.0.1:3001', 'http://127.0.0.1:3002'] as const;
    testNginxConfig(writeNginxConfig(dir, { apis, secret }, 8080, { '/run/secrets/htpasswd': '' }));
    testNginxConfig(writeNginxConfig(dir, { apis, secret }, 8080, { '/run/secrets/htpasswd': '' }, true));
    testNginxConfig(writeNginxConfig(dir, { apis, secret }, 8080, { '/run/secrets/htpasswd': '' }, true, true));
  });
});

describe('nginx before API processes with accounts', { timeout: 120_000 }, () => {
  test('asks for no password, and passes on the key that the API asks for', async () => {
    await using fleet = await startFleet('postgres', { env: { ...settings, ESTEIRA_AUTH: 'accounts' }, workers: 0 });
    const [first, second] = fleet.apis.map(({ address }) => address);
    assert.ok(first && second);
    const { address } = await startNginx({ apis: [first, second], secret, user, password, withAccounts: true });
    const ask = async (headers: Record<string, string>) => {
      const answer = await fetch(`${address}/v1/jobs`, { headers });
      return [answer.status, ((await answer.json()) as { detail: string }).detail];
    };
    const [nobody, wrongKey] = [await ask({}), await ask({ authorization: 'Bearer esteira_wrong_key' })];
    assert.deepEqual([nobody[0], wrongKey[0]], [401, 401]);
    assert.match(String(nobody[1]), /Sign in/);
    assert.match(String(wrongKey[1]), /API key is not valid/);
    assert.equal((await fetch(`${first}/v1/jobs`)).status, 403, 'nobody gets past the proxy');
  });
});

/** @returns the id of a job that has succeeded */
async function finishedJob({ ask }: Site, widthPx: number): Promise<string> {
  const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#246' } })
    .png()
    .toBuffer();
  const upload = await ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
  const { id: asset } = (await upload.json()) as { id: string };
  const answer = await ask('/v1/jobs', {
    method: 'POST',
    body: JSON.stringify({ processor: 'image.resize', inputs: [asset], params: { widthPx } }),
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
  });
  const job = (await answer.json()) as { id: string; status: string };
  assert.equal(job.status, 'succeeded', JSON.stringify(job));
  return job.id;
}
