import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { reportContract } from '../../test/support/contracts.ts';
import { until } from '../../test/support/until.ts';
import type { CutOutRequest, MaskProvider } from './mask-provider.ts';
import { type Peer, sentFile, startPeer } from './test-peers.ts';

export interface ProviderUnderTest<P extends Peer = Peer> {
  /** Nothing that a provider throws may hold it. */
  readonly secret?: string;
  /** The field in which the peer expects the picture. */
  readonly fileField: string;
  startPeer(): Promise<P>;
  open(peerUrl: string): MaskProvider;
}

const statuses: readonly (readonly [status: number, code: ErrorCode])[] = [
  [400, 'PROVIDER_REFUSED'],
  [401, 'PROVIDER_DENIED'],
  [402, 'PROVIDER_DENIED'],
  [403, 'PROVIDER_DENIED'],
  [413, 'PROVIDER_REFUSED'],
  [408, 'PROVIDER_UNAVAILABLE'],
  [429, 'PROVIDER_UNAVAILABLE'],
  [500, 'PROVIDER_UNAVAILABLE'],
  [503, 'PROVIDER_UNAVAILABLE'],
];

/** What every driver does, against a real HTTP server that behaves like the provider. */
export function testMaskProvider(driver: string, { secret, fileField, startPeer: start, open }: ProviderUnderTest) {
  describe(`mask provider: ${driver}`, () => {
    const picture = randomBytes(40_000);
    const made = randomBytes(30_000);
    let dir: string;
    let pictureDir: string;
    let peer: Peer;
    let provider: MaskProvider;

    before(async () => {
      pictureDir = await mkdtemp(join(tmpdir(), 'esteira-picture-'));
      await writeFile(join(pictureDir, 'picture'), picture);
    });
    beforeEach(async (t) => {
      dir = await mkdtemp(join(tmpdir(), 'esteira-provider-'));
      peer = await start();
      peer.made = made;
      provider = open(peer.url);
      assert.ok('after' in t);
      t.after(async () => {
        await peer.close();
        await rm(dir, { recursive: true });
      });
    });
    after(async () => {
      await rm(pictureDir, { recursive: true });
      reportContract('mask-provider', driver, `HTTP peer, Node.js ${process.versions.node}`);
    });

    function cutOut(more: Partial<CutOutRequest> = {}): Promise<string> {
      return provider.cutOut({
        path: join(pictureDir, 'picture'),
        mediaType: 'image/png',
        sizeBytes: picture.length,
        widthPx: 100,
        heightPx: 80,
        dir,
        signal: new AbortController().signal,
        ...more,
      });
    }

    async function refusalOf(work: Promise<string>): Promise<AppError> {
      const error = await work.then(
        () => assert.fail('it went well'),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof AppError, String(error));
      const shown = `${error.detail} ${JSON.stringify(error.extensions)}`;
      assert.ok(!shown.includes(new URL(peer.url).port), shown);
      assert.ok(secret === undefined || !shown.includes(secret), shown);
      return error;
    }

    const answering = (write: (response: ServerResponse) => void) => {
      peer.answer = write;
    };

    it('sends the picture as it is, and keeps what comes back', async () => {
      const path = await cutOut();
      assert.deepEqual(await readFile(path), made);
      assert.deepEqual(await sentFile(peer, fileField), picture);
      assert.deepEqual(await readdir(dir), [path.slice(dir.length + 1)]);
    });

    for (const [status, code] of statuses) {
      it(`calls status ${status} ${code}`, async () => {
        // What the other side says is not repeated: it might say anything.
        answering((response) => void response.writeHead(status).end(`no: ${secret} ${peer.url}`));
        const error = await refusalOf(cutOut());
        assert.equal(error.code, code);
        assert.deepEqual(await readdir(dir), []);
      });
    }

    it('passes on how long it is asked to wait', async () => {
      answering((response) => void response.writeHead(429, { 'retry-after': '7' }).end());
      assert.equal((await refusalOf(cutOut())).extensions['retryAfterMs'], 7_000);
    });

    it('follows no redirect', async (t) => {
      const elsewhere = await startPeer(() => (_request, response) => void response.end());
      t.after(() => elsewhere.close());
      answering((response) => void response.writeHead(307, { location: `${elsewhere.url}/` }).end());
      assert.equal((await refusalOf(cutOut())).code, 'PROVIDER_BAD_ANSWER');
      assert.deepEqual(elsewhere.requests, []);
    });

    it('reads no more than the picture could be, and hangs up', async () => {
      let closed = false;
      answering((response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        response.once('close', () => {
          closed = true;
        });
        const more = () => {
          if (!closed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
        };
        more();
      });
      assert.equal((await refusalOf(cutOut())).code, 'PROVIDER_BAD_ANSWER');
      await until(() => assert.ok(closed));
      assert.deepEqual(await readdir(dir), []);
    });

    it('says so when the answer breaks off', async () => {
      answering((response) => {
        response.writeHead(200, { 'content-length': made.length });
        response.write(made.subarray(0, 10_000), () => response.destroy());
      });
      assert.equal((await refusalOf(cutOut())).code, 'PROVIDER_UNAVAILABLE');
      assert.deepEqual(await readdir(dir), []);
    });

    it('stops waiting when it is called off, and hangs up', async () => {
      const controller = new AbortController();
      const reason = new Error('called off');
      let closed = false;
      answering((response) => {
        response.once('close', () => {
          closed = true;
        });
        controller.abort(reason);
      });
      await assert.rejects(cutOut({ signal: controller.signal }), reason);
      await until(() => assert.ok(closed));
      assert.deepEqual(await readdir(dir), []);
    });

    it('says so when nobody listens', async () => {
      const gone = await start();
      await gone.close();
      provider = open(gone.url);
      assert.equal((await refusalOf(cutOut())).code, 'PROVIDER_UNAVAILABLE');
    });

    it('says where pictures go without saying the secret', () => {
      assert.ok(provider.address.startsWith(peer.url));
      assert.ok(secret === undefined || !provider.address.includes(secret));
    });
  });
}
