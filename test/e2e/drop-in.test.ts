import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type Server } from 'node:http';
import { Agent, createServer as createHttpsServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import type * as RemoveBg from 'remove.bg';
import sharp from 'sharp';
import { fromBuffer } from 'yauzl';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { makeScene } from '../support/scenes.ts';

// The real program behind the name api.remove.bg, which this process maps to loopback, and a client from npm that
// believes it talks to remove.bg.

const { rgb, alpha, widthPx, heightPx } = makeScene({
  seed: 5,
  kind: 'product-on-white',
  widthPx: 640,
  heightPx: 480,
});
const tls = join(import.meta.dirname, '../fixtures/tls');

let folder: string;
let photo: Buffer;
let server: Fleet;
const servers: Server[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-drop-in-'));
  photo = await sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
  await writeFile(join(folder, 'photo.jpg'), photo);
  server = await apiUnderTest({ env: { ESTEIRA_PUBLIC_URL: 'https://api.remove.bg' } });
});
after(async () => {
  for (const each of servers) {
    each.closeAllConnections();
    each.close();
  }
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function listen(one: Server): Promise<number> {
  servers.push(one);
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return (one.address() as AddressInfo).port;
}

/** Speaks TLS for the name, as a proxy of the operator does, and hands everything on to the program. */
async function startTlsDoor(): Promise<number> {
  const [cert, key] = await Promise.all(['certificate.pem', 'key.pem'].map((name) => readFile(join(tls, name))));
  const target = new URL(server.address);
  const door = createHttpsServer({ cert, key }, (request, response) => {
    const { method, headers, url: path } = request;
    const onward = httpRequest({ host: target.hostname, port: target.port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  return await listen(door as unknown as Server);
}

async function post(path: string, body: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${server.address}${path}`, { method: 'POST', body, headers });
}

function formOf(fields: Readonly<Record<string, string>>, field = 'image_file'): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(field, new Blob([new Uint8Array(photo)]), 'photo.jpg');
  return form;
}

async function bytesOf(response: Response): Promise<Buffer> {
  assert.equal(response.status, 200, await response.clone().text());
  return Buffer.from(await response.arrayBuffer());
}

function overlap(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  for (const [at, value] of a.entries()) {
    const [inA, inB] = [value > 127, (b[at] as number) > 127];
    both += inA && inB ? 1 : 0;
    either += inA || inB ? 1 : 0;
  }
  return both / either;
}

async function agreement(picture: Buffer): Promise<number> {
  return overlap(await sharp(picture).extractChannel('alpha').raw().toBuffer(), alpha);
}

async function assetCount(): Promise<number> {
  const { items } = (await (await fetch(`${server.address}/v1/assets`)).json()) as { items: unknown[] };
  return items.length;
}

describe('a client of remove.bg from npm', () => {
  const client = createRequire(import.meta.url)('remove.bg') as typeof RemoveBg;
  const { createConnection } = Agent.prototype;
  before(async () => {
    const port = await startTlsDoor();
    setDefaultCACertificates([await readFile(join(tls, 'certificate.pem'), 'utf8')]);
    Agent.prototype.createConnection = function connectTo(this: Agent, options, done) {
      const there = options.host === 'api.remove.bg' ? { host: '127.0.0.1', port, servername: options.host } : {};
      return createConnection.call(this, { ...options, ...there }, done);
    };
  });
  after(() => {
    Agent.prototype.createConnection = createConnection;
  });

  it('sends a file and gets the cut-out', async () => {
    const outputFile = join(folder, 'from-file.png');
    const result = await client.removeBackgroundFromImageFile({
      path: join(folder, 'photo.jpg'),
      apiKey: 'any',
      size: 'full',
      type: 'product',
      outputFile,
    });
    assert.ok((await agreement(await readFile(outputFile))) > 0.9);
    const { creditsCharged, detectedType, resultWidth, resultHeight, rateLimit, rateLimitRemaining } = result;
    assert.deepEqual(
      [creditsCharged, detectedType, resultWidth, resultHeight, rateLimit, rateLimitRemaining].map(String),
      ['0', 'product', '640', '480', '500', '500'],
    );
    assert.ok(Math.abs(Number(result.rateLimitReset) - Date.now() / 1_000) <= 60);
  });

  it('sends base64, with scale, crop and margin', async () => {
    const { base64img, resultWidth, resultHeight } = await client.removeBackgroundFromImageBase64({
      base64img: photo.toString('base64'),
      apiKey: 'any',
      size: 'regular',
      crop: true,
      scale: '50%',
      crop_margin: '10%',
    });
    const { format, width, height } = await sharp(Buffer.from(base64img, 'base64')).metadata();
    assert.deepEqual([format, width, height], ['png', Number(resultWidth), Number(resultHeight)]);
    assert.ok(width < widthPx);
  });

  it('is told what is wrong as remove.bg tells it', async () => {
    const refused = client.removeBackgroundFromImageBase64({ base64img: 'AAAA', apiKey: 'any', size: 'auto' });
    await assert.rejects(refused, ([error]: { code: string; title: string }[]) => error?.code === 'invalid_file_type');
    const inside = client.removeBackgroundFromImageUrl({ url: 'http://169.254.169.254/', apiKey: 'any' });
    await assert.rejects(inside, ([error]: { code: string; title: string }[]) => error?.code === 'invalid_image_url');
  });
});

describe('POST /v1.0/removebg', () => {
  it('answers with a preview of at most 0.25 megapixels, and says so in its headers', async () => {
    const response = await post('/v1.0/removebg', formOf({}), { 'x-api-key': 'any' });
    const { format, width, height } = await sharp(await bytesOf(response)).metadata();
    const header = (name: string) => response.headers.get(name);
    assert.equal(format, 'png');
    assert.ok(width * height <= 250_000 && width * height > 245_000, `${width} × ${height}`);
    assert.deepEqual([header('content-type'), header('x-type')], ['image/png', 'other']);
    assert.deepEqual([Number(header('x-width')), Number(header('x-height'))], [width, height]);
    for (const side of ['top', 'left', 'width', 'height']) assert.ok(Number(header(`x-foreground-${side}`)) > 0, side);
  });

  it('takes JSON and gives JSON, in pieces that are one', async () => {
    const request = { image_file_b64: photo.toString('base64'), size: 'full', type_level: 'none', format: 'webp' };
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await post('/v1.0/removebg', JSON.stringify(request), headers);
    assert.equal(response.headers.get('x-type'), null);
    const { data } = JSON.parse(String(await bytesOf(response))) as { data: Record<string, string | number> };
    const picture = Buffer.from(String(data['result_b64']), 'base64');
    assert.equal((await sharp(picture).metadata()).format, 'webp');
    assert.ok((await agreement(picture)) > 0.9);
    for (const side of ['top', 'left', 'width', 'height']) {
      assert.equal(data[`foreground_${side}`], Number(response.headers.get(`x-foreground-${side}`)));
    }
  });

  it('takes a URL-encoded form', async () => {
    const body = new URLSearchParams({ image_file_b64: photo.toString('base64'), bg_color: '81d4fa', size: 'auto' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const picture = sharp(await bytesOf(await post('/v1.0/removebg', body.toString(), headers)));
    const [red = 0, green = 0, blue = 0] = await picture
      .extract({ left: 1, top: 1, width: 1, height: 1 })
      .raw()
      .toBuffer();
    assert.equal((await picture.metadata()).format, 'jpeg');
    for (const [value, wanted] of [
      [red, 0x81],
      [green, 0xd4],
      [blue, 0xfa],
    ] as const) {
      assert.ok(Math.abs(value - wanted) <= 3);
    }
  });

  it('puts a background behind it, and gives a ZIP', async () => {
    const form = formOf({ size: 'full', format: 'zip', channels: 'rgba', shadow_type: 'drop' });
    const blue = await sharp({ create: { width: 50, height: 90, channels: 3, background: '#00f' } })
      .png()
      .toBuffer();
    form.set('bg_image_file', new Blob([new Uint8Array(blue)]), 'blue.png');
    const response = await post('/v1.0/removebg', form);
    assert.equal(response.headers.get('content-type'), 'application/zip');
    const bytes = await bytesOf(response);
    const names = await new Promise<string[]>((resolve, reject) => {
      const found: string[] = [];
      fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
        if (error) return reject(error);
        zip.on('entry', ({ fileName }) => {
          found.push(fileName);
          zip.readEntry();
        });
        zip.on('end', () => resolve(found));
        zip.readEntry();
      });
    });
    assert.deepEqual(names, ['color.jpg', 'alpha.png']);
  });

  const refusals: readonly (readonly [fields: Record<string, string>, status: number, code: string])[] = [
    [{ image_url: 'https://example.com/x.jpg' }, 400, 'multiple_sources'],
    [{ bg_color: 'fff', bg_image_url: 'https://example.com/x.jpg' }, 400, 'multiple_bg_sources'],
    [{ size: 'huge' }, 400, 'invalid_size'],
    [{ type: 'planet' }, 400, 'invalid_type'],
    [{ format: 'gif' }, 400, 'invalid_format'],
    [{ channels: 'rgb' }, 400, 'invalid_channels'],
    [{ crop: 'maybe' }, 400, 'invalid_crop'],
    [{ crop_margin: '1px 2px 3px' }, 400, 'invalid_crop_margin'],
    [{ roi: '0 0 10' }, 400, 'invalid_roi'],
    [{ roi: '0 0 9999px 10px' }, 400, 'invalid_roi'],
    [{ scale: '5%' }, 400, 'invalid_scale'],
    [{ position: 'left' }, 400, 'invalid_position'],
    [{ bg_color: 'nocolour' }, 400, 'invalid_bg_color'],
    [{ shadow_type: '3D' }, 400, 'invalid_shadow_type'],
    [{ shadow_type: 'drop', shadow_opacity: '101' }, 400, 'invalid_shadow_opacity'],
    [{ semitransparency: 'perhaps' }, 400, 'invalid_semitransparency'],
    [{ bg_image_url: 'http://10.0.0.1/' }, 400, 'invalid_bg_image_url'],
    [{ no_such_field: '1' }, 400, 'invalid_no_such_field'],
  ];
  for (const [fields, status, code] of refusals) {
    it(`refuses ${JSON.stringify(fields)} as ${code}, and keeps nothing`, async () => {
      const kept = await assetCount();
      const response = await post('/v1.0/removebg', formOf(fields));
      const { errors } = (await response.json()) as { errors: { title: string; code: string }[] };
      assert.deepEqual([response.status, errors[0]?.code], [status, code]);
      assert.ok((errors[0]?.title.length ?? 0) > 0);
      // What only the picture shows to be wrong has become a job, which is kept.
      assert.equal(await assetCount(), kept + (fields['roi']?.includes('9999') ? 1 : 0));
    });
  }

  it('refuses a request without a picture, of another kind, or with broken JSON', async () => {
    const json = { 'content-type': 'application/json' };
    for (const [body, headers, status, code] of [
      ['', {}, 400, 'missing_source'],
      ['{}', json, 400, 'missing_source'],
      ['{"size": {}}', json, 400, 'invalid_roi'],
      ['{', json, 400, 'invalid_json'],
      ['<xml/>', { 'content-type': 'text/xml' }, 415, 'unsupported_content_type'],
      ['{"image_file_b64": "é"}', json, 400, 'failed_to_read_image'],
      [JSON.stringify({ image_file_b64: 'A'.repeat(25 * 1_048_576) }), json, 400, 'file_too_large'],
    ] as const) {
      const response = await post('/v1.0/removebg', body, headers);
      const { errors } = (await response.json()) as { errors: { code: string }[] };
      assert.deepEqual([response.status, errors[0]?.code], [status, code], body.slice(0, 40));
    }
  });

  it('says that there is nothing to be seen', async () => {
    const plain = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#8fa3b0' } })
      .png()
      .toBuffer();
    const form = formOf({});
    form.set('image_file', new Blob([new Uint8Array(plain)]), 'plain.png');
    const response = await post('/v1.0/removebg', form);
    const { errors } = (await response.json()) as { errors: { code: string }[] };
    assert.deepEqual([response.status, errors[0]?.code], [400, 'unknown_foreground']);
  });

  it('knows an account with credit', async () => {
    const { data } = (await (await fetch(`${server.address}/v1.0/account`)).json()) as {
      data: { attributes: { credits: { total: number }; api: { sizes: string } } };
    };
    assert.ok(data.attributes.credits.total > 0);
    assert.equal(data.attributes.api.sizes, 'all');
  });
});

describe('/api/remove', () => {
  it('gives a PNG, on a colour, or as a mask', async () => {
    const plain = await bytesOf(
      await post('/api/remove', formOf({ a: 'true', ae: '15', model: 'isnet-general-use' }, 'file')),
    );
    assert.deepEqual([(await sharp(plain).metadata()).format, (await agreement(plain)) > 0.9], ['png', true]);
    const red = await bytesOf(await post('/api/remove?bgc=255,0,0,128', formOf({}, 'file')));
    assert.deepEqual(
      [...(await sharp(red).extract({ left: 1, top: 1, width: 1, height: 1 }).raw().toBuffer())],
      [255, 0, 0, 128],
    );
    const mask = await bytesOf(await post('/api/remove', formOf({ om: 'true' }, 'file')));
    assert.equal((await sharp(mask).metadata()).channels, 1);
    assert.ok(overlap(await sharp(mask).toColourspace('b-w').raw().toBuffer(), alpha) > 0.9);
  });

  for (const fields of [
    { ae: '999999999' },
    { af: '256' },
    { bgc: '1,2,3' },
    { extras: '{"x":1}' },
    { model: '../x' },
  ]) {
    it(`refuses ${JSON.stringify(fields)} in words, and keeps nothing`, async () => {
      const kept = await assetCount();
      const response = await post('/api/remove', formOf(fields as unknown as Record<string, string>, 'file'));
      const { detail } = (await response.json()) as { detail: string };
      assert.ok([400, 422].includes(response.status), String(response.status));
      assert.ok(detail.length > 10);
      assert.equal(await assetCount(), kept);
    });
  }

  it('fetches nothing that only this machine can reach, nor for a page elsewhere', async () => {
    for (const url of [`${server.address}/livez`, 'http://[::1]/', 'http://169.254.169.254/', 'file:///etc/passwd']) {
      const response = await fetch(`${server.address}/api/remove?url=${encodeURIComponent(url)}`);
      assert.equal(response.status, 400, url);
    }
    const image = httpRequest(`${server.address}/api/remove?url=https://example.com/`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    }).end();
    const [answer] = (await once(image, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    assert.equal(answer.statusCode, 403);
  });
});
