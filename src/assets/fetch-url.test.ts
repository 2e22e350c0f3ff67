import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { LookupAddress, lookup as systemLookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '#kernel/errors.ts';
import { isCode } from '../../test/support/is-code.ts';
import { until } from '../../test/support/until.ts';
import { type FetchUrlOptions, fetchUrl } from './fetch-url.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** @returns its port */
async function serve(t: TestContext, handler: Handler, address = '127.0.0.1'): Promise<number> {
  const server = createServer(handler);
  server.listen(0, address);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A test may reach 127.0.0.1, as a user may reach the internet; 127.0.0.2 stands for what is private. */
const named = (_target: URL, address: string) => address === '127.0.0.1';

/** Names that mean what the test says, in turn. */
function names(...answers: (readonly string[])[]): typeof systemLookup {
  const lookup = (
    _name: string,
    _options: object,
    done: (error: Error | null, found: readonly LookupAddress[]) => void,
  ) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return lookup as unknown as typeof systemLookup;
}

const open = (url: string, more: Partial<FetchUrlOptions> = {}) =>
  fetchUrl(url, { maxBytes: 1_000_000, named, ...more });

async function read(url: string, more: Partial<FetchUrlOptions> = {}): Promise<Buffer> {
  const { body } = await open(url, more);
  return await buffer(body);
}

const refused = (work: Promise<unknown>, code: ErrorCode) => assert.rejects(work, isCode(code));

describe('a file at an address', () => {
  it('arrives whole, also in small pieces, with its name', async (t) => {
    const bytes = randomBytes(50_000);
    const port = await serve(t, async (_request, response) => {
      for (let at = 0; at < bytes.length; at += 10_000) {
        response.write(bytes.subarray(at, at + 10_000));
        await sleep(2);
      }
      response.end();
    });
    const { body, name } = await open(`http://127.0.0.1:${port}/a/mug%20%26%20cup.jpg?x=1`);
    assert.equal(name, 'mug & cup.jpg');
    assert.deepEqual(await buffer(body), bytes);
  });

  it('is asked for plainly: nothing of ours goes along', async (t) => {
    let headers: IncomingMessage['headers'] = {};
    const port = await serve(t, (request, response) => {
      headers = request.headers;
      response.end('x');
    });
    await read(`http://127.0.0.1:${port}/`);
    assert.deepEqual(Object.keys(headers).sort(), ['accept-encoding', 'connection', 'host']);
    assert.deepEqual([headers['accept-encoding'], headers.connection], ['identity', 'close']);
  });

  it('is found through redirects', async (t) => {
    const port = await serve(t, ({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end('found');
      else response.writeHead([301, 302, 303, 307, 308][left - 1] ?? 302, { location: `/${left - 1}` }).end();
    });
    assert.equal((await read(`http://127.0.0.1:${port}/5`)).toString(), 'found');
    await refused(read(`http://127.0.0.1:${port}/6`), 'URL_FETCH_FAILED');
  });
});

describe('what is not public', () => {
  it('is refused without a connection, however it is written', async (t) => {
    let asked = 0;
    const port = await serve(t, (_request, response) => void response.end(String(++asked)), '0.0.0.0');
    const hosts = ['127.0.0.1', '127.1', '0x7f.0.0.1', '2130706433', '017700000001', '0.0.0.0', 'localhost'];
    const disguised = ['[::1]', '[::ffff:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'];
    for (const host of [...hosts, ...disguised]) {
      await refused(fetchUrl(`http://${host}:${port}/`, { maxBytes: 10 }), 'URL_NOT_ALLOWED');
    }
    assert.equal(asked, 0);
  });

  it('is refused behind a name, and passed over among public addresses', async (t) => {
    const port = await serve(t, (_request, response) => void response.end('public'));
    const url = `http://shop.test:${port}/`;
    await refused(read(url, { lookup: names(['127.0.0.2']) }), 'URL_NOT_ALLOWED');
    await refused(read(url, { lookup: names(['::1', '10.0.0.1']) }), 'URL_NOT_ALLOWED');
    assert.equal((await read(url, { lookup: names(['127.0.0.2', '127.0.0.1', '::1']) })).toString(), 'public');
  });

  it('is not reached by a name that changes its meaning: it is looked up once', async (t) => {
    let asked = 0;
    const inside = (_request: IncomingMessage, response: ServerResponse) => {
      asked += 1;
      response.end('secret');
    };
    const port = await serve(t, inside, '127.0.0.2');
    const lookup = names(['127.0.0.1'], ['127.0.0.2']);
    await refused(read(`http://rebind.test:${port}/`, { lookup }), 'URL_FETCH_FAILED');
    assert.equal(asked, 0);
  });

  for (const [how, location] of [
    ['address', (port: number) => `http://127.0.0.2:${port}/`],
    ['name', (port: number) => `//inside.test:${port}/`],
    ['mapped address', (port: number) => `http://[::ffff:127.0.0.2]:${port}/`],
    ['other scheme', () => 'file:///etc/passwd'],
    ['password', (port: number) => `http://me:secret@127.0.0.1:${port}/`],
  ] as const) {
    it(`is not reached by a redirect to an ${how}`, async (t) => {
      let asked = 0;
      const inside = await serve(t, (_request, response) => void response.end(String(++asked)), '127.0.0.2');
      const port = await serve(t, (_request, response) => {
        response.writeHead(302, { location: location(inside) }).end();
      });
      const lookup = names(['127.0.0.2']);
      await refused(read(`http://127.0.0.1:${port}/`, { lookup }), 'URL_NOT_ALLOWED');
      assert.equal(asked, 0);
    });
  }

  for (const url of ['', 'picture.jpg', '//host/x', 'ftp://host/x', 'data:image/png;base64,AA', 'javascript:1']) {
    it(`is no address: ${JSON.stringify(url)}`, () => refused(open(url), 'URL_NOT_ALLOWED'));
  }

  it('has no password in it', () => refused(open('https://a:b@example.com/'), 'URL_NOT_ALLOWED'));
});

describe('what does not arrive', () => {
  const answers: Readonly<Record<string, Handler>> = {
    'is not there': (_request, response) => void response.writeHead(404).end('no'),
    'is a part': (_request, response) => void response.writeHead(206, { 'content-range': 'bytes 0-1/9' }).end('ab'),
    'is nothing': (_request, response) => void response.writeHead(204).end(),
    'leads on to nowhere': (_request, response) => void response.writeHead(302).end(),
    'comes compressed': (_request, response) =>
      void response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(1_000_000))),
    'breaks off before the answer': (_request, response) => void response.destroy(),
    'breaks off in the middle': (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('some', () => response.destroy());
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`because it ${name}`, async (t) => {
      const port = await serve(t, answer);
      await refused(read(`http://127.0.0.1:${port}/`), 'URL_FETCH_FAILED');
    });
  }

  it('because nobody is there, or the name is nobody’s', async (t) => {
    const port = await serve(t, () => {});
    await refused(
      read(`http://gone.test:${port}/`, { lookup: names(['127.0.0.1']), timeoutMs: 50 }),
      'URL_FETCH_FAILED',
    );
    const unknown = ((_name: string, _options: object, done: (error: Error) => void) =>
      done(new Error('ENOTFOUND'))) as unknown as typeof systemLookup;
    await refused(read('http://unknown.test/', { lookup: unknown }), 'URL_FETCH_FAILED');
  });

  it('because it is too large by its own word', async (t) => {
    const port = await serve(t, (_request, response) => void response.end(Buffer.alloc(2_000)));
    await refused(read(`http://127.0.0.1:${port}/`, { maxBytes: 1_999 }), 'UPLOAD_TOO_LARGE');
  });

  it('because it never ends: time is up, and the connection is closed', async (t) => {
    let closed = false;
    const port = await serve(t, (_request, response) => {
      response.once('close', () => {
        closed = true;
      });
      response.write('some');
    });
    await refused(read(`http://127.0.0.1:${port}/`, { timeoutMs: 100 }), 'URL_FETCH_FAILED');
    await until(() => assert.ok(closed));
  });

  it('because nobody wants it any more', async (t) => {
    let closed = 0;
    const port = await serve(t, (_request, response) => {
      response.once('close', () => {
        closed += 1;
      });
      response.write('some');
    });
    const controller = new AbortController();
    const { body } = await open(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    const reason = new Error('gone');
    controller.abort(reason);
    await assert.rejects(buffer(body), reason);
    const other = await open(`http://127.0.0.1:${port}/`);
    other.body.destroy();
    await until(() => assert.equal(closed, 2));
  });
});
