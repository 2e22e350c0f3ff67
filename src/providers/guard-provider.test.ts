import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import sharp from 'sharp';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { blackPng } from '../../test/support/media-builders.ts';
import { until } from '../../test/support/until.ts';
import { rembgProvider } from './drivers/rembg/rembg-provider.ts';
import { type GuardOptions, guardProvider } from './guard-provider.ts';
import type { CutOutRequest } from './mask-provider.ts';
import { type Peer, rembgPeer } from './test-peers.ts';

const [widthPx, heightPx] = [300, 200];

async function cutOutOf(width: number, height: number): Promise<Buffer> {
  return await sharp({ create: { width, height, channels: 4, background: '#c00a' } })
    .png()
    .toBuffer();
}

let dir: string;
let photo: string;
let good: Buffer;
let peer: Peer;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-guard-'));
  photo = join(dir, 'photo');
  good = await cutOutOf(widthPx, heightPx);
  await sharp(good).jpeg().toFile(photo);
});
after(() => rm(dir, { recursive: true }));
beforeEach(async (t) => {
  peer = await rembgPeer();
  peer.made = good;
  assert.ok('after' in t);
  t.after(() => peer.close());
});

function open(options: Partial<GuardOptions> = {}) {
  const guarded = guardProvider(rembgProvider(peer.url), {
    timeoutMs: 20_000,
    retries: 0,
    backoff: { baseMs: 1, maxMs: 2 },
    ...options,
  });
  return (more: Partial<CutOutRequest> = {}) => {
    const { signal } = new AbortController();
    const picture = { path: photo, mediaType: 'image/jpeg', sizeBytes: 1, widthPx, heightPx, dir, signal };
    return guarded.cutOut({ ...picture, ...more });
  };
}

/** Answers in turn; the last for ever. */
function answerWith(...answers: ((response: ServerResponse) => void)[]): void {
  peer.answer = (response) => (answers.length > 1 ? answers.shift() : answers[0])?.(response);
}

const sending = (bytes: Buffer | string) => (response: ServerResponse) => void response.end(bytes);
const failing = (status: number, headers = {}) => {
  return (response: ServerResponse) => void response.writeHead(status, headers).end();
};
const silent = () => {};

async function refused(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error: unknown) => error instanceof AppError && error.code === code);
}

describe('an answer', () => {
  it('that fits is described as its header says', async () => {
    const answer = await open()();
    assert.deepEqual(
      [answer.mediaType, answer.sizeBytes, answer.widthPx, answer.heightPx],
      ['image/png', good.length, widthPx, heightPx],
    );
  });

  it('may be smaller than the picture, within two pixels of its shape', async () => {
    for (const [width, height] of [
      [150, 100],
      [151, 100],
      [256, 171],
      [300, 202],
    ] as const) {
      peer.made = await cutOutOf(width, height);
      assert.equal((await open()()).widthPx, width);
    }
  });

  it('may be WebP', async () => {
    peer.made = await sharp(good).webp().toBuffer();
    assert.equal((await open()()).mediaType, 'image/webp');
  });

  const lies: Record<string, () => Buffer | string | Promise<Buffer>> = {
    'a web page': () => '<!doctype html><html><title>Sign in</title>',
    JSON: () => '{"error": "busy"}',
    'nothing at all': () => '',
    'one pixel': () => cutOutOf(1, 1),
    'a stamp of the right shape': () => cutOutOf(60, 40),
    'another shape': () => cutOutOf(200, 300),
    'three pixels off': () => cutOutOf(300, 204),
    'a JPEG': () => sharp(good).jpeg().toBuffer(),
    'an animation': () =>
      sharp(Buffer.alloc(300 * 400 * 3).fill(200, 300 * 200 * 3), {
        raw: { width: 300, height: 400, channels: 3, pageHeight: 200 },
      })
        .webp({ loop: 0, delay: [10, 10] })
        .toBuffer(),
    'a PNG cut off in its header': () => good.subarray(0, 20),
    'a bomb of pixels': () => blackPng(60_000, 40_000),
    'more bytes than the picture could have': () => Buffer.concat([good, Buffer.alloc(2_000_000)]),
  };
  for (const [name, make] of Object.entries(lies)) {
    it(`that is ${name} is not believed, nor asked for again`, async () => {
      answerWith(sending(await make()));
      await refused(open({ retries: 3 })(), 'PROVIDER_BAD_ANSWER');
      assert.equal(peer.requests.length, 1);
    });
  }
});

describe('trying again', () => {
  it('goes on through failures that pass', async () => {
    answerWith(failing(503), failing(429), (response) => void response.destroy(), sending(good));
    await open({ retries: 3 })();
    assert.equal(peer.requests.length, 4);
  });

  it('ends after as many tries as are allowed', async () => {
    answerWith(failing(500));
    await refused(open({ retries: 2 })(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 3);
  });

  for (const [status, code] of [
    [400, 'PROVIDER_REFUSED'],
    [402, 'PROVIDER_DENIED'],
    [403, 'PROVIDER_DENIED'],
  ] as const) {
    it(`does not happen after status ${status}`, async () => {
      answerWith(failing(status));
      await refused(open({ retries: 3 })(), code);
      assert.equal(peer.requests.length, 1);
    });
  }

  it('waits as long as it is asked to, not as long as it would by itself', async () => {
    answerWith(failing(429, { 'retry-after': '1' }), sending(good));
    const beganMs = performance.now();
    await open({ retries: 1 })();
    assert.ok(performance.now() - beganMs >= 990);
  });

  it('does not wait longer than all tries may take', async () => {
    answerWith(failing(429, { 'retry-after': '3600' }));
    await refused(open({ retries: 3 })(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 1);
  });

  it('gives up on one who is silent, each time, and leaves no connection', async () => {
    answerWith(silent);
    await refused(open({ timeoutMs: 50, retries: 1 })(), 'PROVIDER_UNAVAILABLE');
    assert.ok(peer.requests.length >= 1);
    await until(() => assert.equal(peer.openSockets(), 0));
  });

  it('stops at once when it is called off, also between tries', async () => {
    answerWith(failing(503));
    const controller = new AbortController();
    const work = open({ retries: 3, backoff: { baseMs: 1e9, maxMs: 1e9 }, timeoutMs: 1e12 })({
      signal: controller.signal,
    });
    await until(() => assert.equal(peer.requests.length, 1));
    controller.abort(new Error('called off'));
    await assert.rejects(work);
    assert.equal(peer.requests.length, 1);
  });
});

describe('one who keeps failing', () => {
  it('is left alone, then tried by one, and back when that goes well', async () => {
    let nowMs = 0;
    const cutOut = open({ breaker: { failures: 3, openMs: 1_000 }, now: () => nowMs });
    answerWith(failing(500));
    for (let time = 0; time < 3; time++) await refused(cutOut(), 'PROVIDER_UNAVAILABLE');
    await refused(cutOut(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 3, 'left alone');
    nowMs = 1_000;
    await refused(cutOut(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 4, 'one try');
    await refused(cutOut(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 4, 'left alone again');
    nowMs = 2_000;
    answerWith(sending(good));
    await cutOut();
    await cutOut();
    assert.equal(peer.requests.length, 6);
  });

  it('is so for lies and refused keys too, and not for a picture that it cannot take', async () => {
    const cutOut = open({ breaker: { failures: 2, openMs: 1_000 }, now: () => 0 });
    answerWith(failing(400), failing(422), failing(400), failing(400), sending('<html>'), failing(403));
    for (let time = 0; time < 4; time++) await refused(cutOut(), 'PROVIDER_REFUSED');
    await refused(cutOut(), 'PROVIDER_BAD_ANSWER');
    await refused(cutOut(), 'PROVIDER_DENIED');
    await refused(cutOut(), 'PROVIDER_UNAVAILABLE');
    assert.equal(peer.requests.length, 6);
  });

  it('that works now and then is not left alone', async () => {
    const cutOut = open({ retries: 1, breaker: { failures: 2, openMs: 1_000 }, now: () => 0 });
    for (let time = 0; time < 4; time++) {
      answerWith(failing(500), sending(good));
      await cutOut();
    }
    assert.equal(peer.requests.length, 8);
  });
});

describe('many at once', () => {
  it('are so many at most, in turn; one who leaves the line takes no place', async () => {
    const answering: ServerResponse[] = [];
    peer.answer = (response) => void answering.push(response);
    const cutOut = open({ concurrency: 2 });
    const leaving = new AbortController();
    const work = [cutOut(), cutOut(), cutOut({ signal: leaving.signal }), cutOut()];
    await until(() => assert.equal(answering.length, 2));
    leaving.abort(new Error('left'));
    await assert.rejects(work[2] ?? assert.fail());
    assert.equal(peer.requests.length, 2);
    answering.shift()?.end(good);
    await until(() => assert.equal(answering.length, 2));
    assert.equal(peer.requests.length, 3);
    for (const response of answering) response.end(good);
    await Promise.all([work[0], work[1], work[3]]);
  });
});
