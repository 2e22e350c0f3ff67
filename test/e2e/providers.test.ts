import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { loadConfig } from '#config.ts';
import { type RunningServer, startServer } from '#main.ts';
import { type Peer, rembgPeer, sentFile } from '#providers/test-peers.ts';
import { shareModels } from '../support/models-dir.ts';
import { runProgram } from '../support/program.ts';
import { makeScene } from '../support/scenes.ts';

// The real program, with somebody outside in the place of its model.

const size = { widthPx: 480, heightPx: 320 };
const scene = makeScene({ seed: 5, kind: 'product-on-white', ...size });
const raw = { width: size.widthPx, height: size.heightPx };

let folder: string;
let peer: Peer;
/** Lies on its side, and says who took it. */
let photo: Buffer;
let cutOut: Buffer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-providers-'));
  peer = await rembgPeer();
  const picture = () => sharp(scene.rgb, { raw: { ...raw, channels: 3 } });
  photo = await picture()
    .rotate(90)
    .withExif({ IFD0: { Artist: 'somebody' } })
    .withMetadata({ orientation: 8 })
    .jpeg({ quality: 95 })
    .toBuffer();
  cutOut = await picture()
    .joinChannel(scene.alpha, { raw: { ...raw, channels: 1 } })
    .png()
    .toBuffer();
});
after(async () => {
  await peer.close();
  await rm(folder, { recursive: true });
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(folder, 'data-'));
  await rm(dataDir, { recursive: true });
  await shareModels(dataDir);
  const environment = {
    ESTEIRA_PORT: '0',
    ESTEIRA_DATA_DIR: dataDir,
    ESTEIRA_LOG_FILE: join(folder, 'log'),
    ESTEIRA_CUTOUT_PROVIDER: 'rembg',
    ESTEIRA_REMBG_URL: peer.url,
    ...more,
  };
  return await startServer(loadConfig(environment, folder));
}

interface Finished {
  readonly status: string;
  readonly error?: { readonly code: string; readonly detail: string };
  readonly outputs: readonly { readonly url: string; readonly data: Readonly<Record<string, unknown>> }[];
}

async function cutOutBy({ address }: RunningServer, params: object = {}, picture = photo): Promise<Finished> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(picture)]), 'photo.jpg');
  const asset = (await (await fetch(`${address}/v1/assets`, { method: 'POST', body: form })).json()) as { id: string };
  const response = await fetch(`${address}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=50' },
    body: JSON.stringify({ processor: 'image.cutout', inputs: [asset.id], params }),
  });
  return (await response.json()) as Finished;
}

describe('a cut-out by a provider', () => {
  let server: RunningServer;
  before(async () => {
    server = await start();
    peer.made = cutOut;
  });
  after(() => server.close());

  it('has its mask, and says so; what left was upright and without metadata', async () => {
    const { status, outputs } = await cutOutBy(server);
    const [output] = outputs;
    assert.equal(status, 'succeeded');
    assert.deepEqual([output?.data['madeBy'], output?.data['model']], ['rembg', 'rembg']);
    const made = await fetch(`${server.address}${output?.url}`);
    const alpha = await sharp(Buffer.from(await made.arrayBuffer()))
      .extractChannel('alpha')
      .raw()
      .toBuffer();
    const difference =
      alpha.reduce((sum, value, at) => sum + Math.abs(value - (scene.alpha[at] ?? 0)), 0) / alpha.length;
    assert.ok(difference < 1, `mean difference ${difference}`);
    const sent = await sharp(await sentFile(peer, 'file')).metadata();
    assert.deepEqual([sent.format, sent.width, sent.height], ['jpeg', size.widthPx, size.heightPx]);
    assert.deepEqual([sent.exif, sent.orientation, sent.xmp], [undefined, undefined, undefined]);
  });

  it('costs no second look for another background', async () => {
    const asked = peer.requests.length;
    const { status, outputs } = await cutOutBy(server, { background: 'white', format: 'jpeg' });
    assert.deepEqual([status, outputs[0]?.data['madeBy']], ['succeeded', 'rembg']);
    assert.equal(peer.requests.length, asked);
  });

  it('is made here when the provider lies, and says so', async () => {
    const other = await sharp(photo).rotate(90).jpeg().toBuffer();
    peer.made = await sharp(cutOut).flatten({ background: '#fff' }).rotate(90).png().toBuffer();
    const { status, outputs } = await cutOutBy(server, { quality: 'fast' }, other);
    assert.equal(status, 'succeeded');
    const { madeBy, fallbackFrom, reason, model } = outputs[0]?.data ?? {};
    assert.deepEqual([madeBy, fallbackFrom, reason, model], ['local', 'rembg', 'PROVIDER_BAD_ANSWER', 'isnet']);

    peer.made = await sharp(cutOut).rotate(180).png().toBuffer();
    const again = await cutOutBy(server, { quality: 'fast' }, other);
    assert.equal(
      again.outputs[0]?.data['madeBy'],
      'rembg',
      'who asks again gets the provider, not what stood in for it',
    );
  });
});

describe('the command line', () => {
  it('asks the same provider', async () => {
    const cwd = await mkdtemp(join(folder, 'cli-'));
    await writeFile(join(cwd, 'photo.jpg'), photo);
    peer.made = cutOut;
    const env = { ESTEIRA_CUTOUT_PROVIDER: 'rembg', ESTEIRA_REMBG_URL: peer.url };
    const asked = peer.requests.length;
    const { code, stdout, stderr } = await runProgram(['cutout', 'photo.jpg', '--json'], { cwd, env });
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { model: string }).model, 'rembg');
    assert.equal(peer.requests.length, asked + 1);
  });
});

describe('without a fallback', () => {
  it('the job fails, and the error is the provider’s, not the picture’s', async (t) => {
    const server = await start({ ESTEIRA_CUTOUT_FALLBACK: 'none' });
    t.after(() => server.close());
    for (const lie of [await sharp(cutOut).flatten().png().toBuffer(), cutOut.subarray(0, 9_000)]) {
      peer.made = lie;
      const { status, error } = await cutOutBy(server, { compression: lie.length % 100 || 1 });
      assert.deepEqual([status, error?.code], ['failed', 'PROVIDER_BAD_ANSWER']);
      assert.ok(!error?.detail.includes('127.0.0.1'));
    }
    peer.answer = (response) => void response.writeHead(402).end();
    const { error } = await cutOutBy(server, { compression: 51 });
    assert.equal(error?.code, 'PROVIDER_DENIED');
  });
});
