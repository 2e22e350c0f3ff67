import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { until } from '../../../../test/support/until.ts';
import { testMaskProvider } from '../../mask-provider.contract.ts';
import { type GradioPeerOptions, gradioPeer, startPeer } from '../../test-peers.ts';
import { gradioProvider } from './gradio-provider.ts';

const newest: GradioPeerOptions = { prefix: '/gradio_api', named: true };

testMaskProvider('gradio', { fileField: 'files', startPeer: () => gradioPeer(newest), open: gradioProvider });

describe('a Gradio app', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esteira-gradio-'));
    await writeFile(join(folder, 'picture'), 'the picture');
  });
  after(() => rm(folder, { recursive: true }));

  async function start(t: TestContext, options: GradioPeerOptions) {
    const peer = await gradioPeer(options);
    peer.made = Buffer.from('the cut-out');
    t.after(() => peer.close());
    return peer;
  }

  async function cutOut(url: string, signal = new AbortController().signal): Promise<string> {
    const dir = await mkdtemp(join(folder, 'made-'));
    const picture = { path: join(folder, 'picture'), mediaType: 'image/png', sizeBytes: 11, widthPx: 9, heightPx: 9 };
    const path = await gradioProvider(url).cutOut({ ...picture, dir, signal });
    assert.deepEqual(await readdir(dir), [path.slice(dir.length + 1)]);
    return await readFile(path, 'utf8');
  }

  const uploaded = { path: '/tmp/gradio/uploads/picture.png', meta: { _type: 'gradio.FileData' } };

  it('of version 5 is called by the name of its function', async (t) => {
    const peer = await start(t, newest);
    assert.equal(await cutOut(peer.url), 'the cut-out');
    assert.deepEqual(peer.calls, [{ data: [uploaded, 40] }]);
    assert.deepEqual(peer.requests, [
      'GET /config',
      'POST /gradio_api/upload',
      'POST /gradio_api/call/image',
      'GET /gradio_api/call/image/e1a2b3',
      'GET /gradio_api/file=/tmp/gradio/8c9f/cut%20out.png',
    ]);
  });

  it('of version 4 has no prefix', async (t) => {
    const peer = await start(t, { prefix: '', named: true });
    assert.equal(await cutOut(`${peer.url}/`), 'the cut-out');
    assert.ok(peer.requests.includes('POST /call/image'));
  });

  it('is asked for the function that the address names', async (t) => {
    const peer = await start(t, newest);
    assert.equal(await cutOut(`${peer.url}#/png`), 'the cut-out');
    assert.deepEqual(peer.calls, [{ data: [40, uploaded] }]);
    await assert.rejects(cutOut(`${peer.url}#/none`), { code: 'PROVIDER_BAD_ANSWER' });
  });

  for (const [kind, options] of [
    ['whose function has no name', { prefix: '', named: false }],
    ['that knows names and does not serve them', { prefix: '', named: true, serveNames: false }],
  ] as const) {
    it(`${kind} is reached through its queue`, async (t) => {
      const peer = await start(t, options);
      assert.equal(await cutOut(peer.url), 'the cut-out');
      const [call] = peer.calls as { fn_index: number; data: unknown[]; session_hash: string }[];
      assert.deepEqual([call?.fn_index, call?.data], [7, [uploaded, 40]]);
      assert.match(call?.session_hash ?? '', /^\w+$/);
    });
  }

  it('names files by addresses elsewhere in vain', async (t) => {
    const elsewhere = await startPeer(() => (_request, response) => void response.end('not the cut-out'));
    t.after(() => elsewhere.close());
    const peer = await start(t, { ...newest, file: `${elsewhere.url}/secret` });
    assert.equal(await cutOut(peer.url), 'the cut-out');
    assert.deepEqual(elsewhere.requests, []);
  });

  it('cannot lead away by the prefix in its configuration', async (t) => {
    const elsewhere = await startPeer(() => (_request, response) => void response.end('["x"]'));
    const host = new URL(elsewhere.url).host;
    const peer = await startPeer(() => (_request, response) => {
      const components = [{ id: 1, type: 'image' }];
      const dependencies = [{ id: 0, api_name: 'x', inputs: [1], outputs: [1] }];
      response.end(JSON.stringify({ api_prefix: `@${host}`, components, dependencies }));
    });
    t.after(() => Promise.all([elsewhere.close(), peer.close()]));
    await assert.rejects(cutOut(peer.url), { code: 'PROVIDER_BAD_ANSWER' });
    assert.deepEqual(elsewhere.requests, []);
  });

  for (const [how, events] of [
    ['says that it failed', 'event: error\ndata: null\n\n'],
    ['ends before the result', 'event: heartbeat\ndata: null\n\n'],
  ] as const) {
    it(`whose stream ${how} is unavailable`, async (t) => {
      const peer = await start(t, { ...newest, stream: (response) => void response.end(events) });
      await assert.rejects(cutOut(peer.url), { code: 'PROVIDER_UNAVAILABLE' });
    });
  }

  it('whose stream never ends is left when time is up, and the connection closed', async (t) => {
    const controller = new AbortController();
    const reason = new Error('time is up');
    let closed = false;
    const peer = await start(t, {
      ...newest,
      stream: (response) => {
        response.once('close', () => {
          closed = true;
        });
        response.write('event: heartbeat\ndata: null\n\n', () => controller.abort(reason));
      },
    });
    await assert.rejects(cutOut(peer.url, controller.signal), reason);
    await until(() => assert.ok(closed));
  });

  it('whose stream says ever more is left', async (t) => {
    const peer = await start(t, {
      ...newest,
      stream: (response) => {
        const more = () => {
          if (!response.destroyed) response.write(`: ${'x'.repeat(1_000_000)}`, () => setImmediate(more));
        };
        more();
      },
    });
    await assert.rejects(cutOut(peer.url), { code: 'PROVIDER_BAD_ANSWER' });
  });

  it('is not what a web page is', async (t) => {
    const peer = await startPeer(() => (_request, response) => void response.end('<!doctype html><title>Hi</title>'));
    t.after(() => peer.close());
    await assert.rejects(cutOut(peer.url), { code: 'PROVIDER_BAD_ANSWER' });
  });
});
