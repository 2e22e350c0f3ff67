import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fetchUrl, type RemoteFile } from '#assets/fetch-url.ts';
import { createWorld, onePixelPng, type World } from '../stand-ins.ts';
import { ForeignError } from './foreign-errors.ts';
import { fromBase64, fromUrl } from './sources.ts';

const actor = { tenantId: 't', userId: 'u' };
const errors = { field: 'image_url', invalid: 'invalid_image_url', download: 'failed_image_download' };
const { signal } = new AbortController();

let world: World;
let address: string;
let answer: Buffer;
let fetched: RemoteFile | undefined;
const server = createServer((_request, response) => void response.end(answer));

beforeEach(async () => {
  world = createWorld();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // As the program fetches, but from loopback too.
  const named = (_target: URL, ip: string) => ip === '127.0.0.1';
  const get = async (url: string) => {
    fetched = await fetchUrl(url, { maxBytes: 10_000, named });
    return fetched;
  };
  Object.assign(world.deps, { fetchUrl: get });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('a picture by its address', () => {
  it('becomes an asset with the name that it has there', async () => {
    answer = onePixelPng;
    const asset = await fromUrl(world.deps, actor, `${address}/shop/mug.png`, signal, errors);
    assert.equal(asset.name, 'mug.png');
    assert.deepEqual(world.objects.get(asset.sha256), onePixelPng);
  });

  it('that is none is refused, and its connection closed', async () => {
    answer = Buffer.from('<html>');
    await assert.rejects(fromUrl(world.deps, actor, address, signal, errors), { code: 'UNSUPPORTED_MEDIA_TYPE' });
    assert.ok(fetched?.body.destroyed);
    assert.equal(world.assets.size, 0);
  });

  for (const [url, code] of [
    ['http://[::1]/', 'invalid_image_url'],
    ['no address', 'invalid_image_url'],
    ['http://127.0.0.1:1/', 'failed_image_download'],
  ] as const) {
    it(`${url} is refused as ${code}`, async () => {
      await assert.rejects(
        fromUrl(world.deps, actor, url, signal, errors),
        (error: unknown) => error instanceof ForeignError && error.status === 400 && error.code === code,
      );
    });
  }
});

describe('a picture in base64', () => {
  const text = onePixelPng.toString('base64');
  for (const [name, sent] of [
    ['as it is', text],
    ['in lines', text.replace(/(.{20})/g, '$1\r\n')],
    ['as a data URL', `data:image/png;base64,${text}`],
  ] as const) {
    it(`is read ${name}`, async () => {
      const { sha256 } = await fromBase64(world.deps, actor, sent);
      assert.deepEqual(world.objects.get(sha256), onePixelPng);
    });
  }

  it('is refused when it is something else', async () => {
    for (const sent of ['é', 'a=b', '<html>', 'https://example.com/x.png']) {
      await assert.rejects(fromBase64(world.deps, actor, sent), { code: 'failed_to_read_image' });
    }
  });
});
