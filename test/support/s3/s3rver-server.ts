import crypto from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import S3rver from 's3rver';

/**
 * `s3rver-server.ts DIR PORT BUCKET`: an S3 server in a process of its own, for tests.
 *
 * `POST /_test/older?key=K&seconds=N` makes an object believe that it was written N seconds ago.
 */
// Servers started in the background by a shell would ignore it.
process.on('SIGINT', () => process.exit());

const [directory = '', port = '', bucket = ''] = process.argv.slice(2);

// Its tokens for the next page are made with DES, which OpenSSL 3 has only as triple DES.
for (const name of ['createCipheriv', 'createDecipheriv'] as const) {
  const original = crypto[name] as (algorithm: string, key: Buffer, iv: Buffer) => unknown;
  const replaced = (algorithm: string, key: Buffer, iv: Buffer): unknown =>
    algorithm === 'des' ? original('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : original(algorithm, key, iv);
  Object.assign(crypto, { [name]: replaced });
}

const server = new S3rver({ directory, silent: true, configureBuckets: [] });
const { store } = server;
const getObject = store.getObject.bind(store);
// It takes a last byte 0 for none.
store.getObject = (from, key, options) =>
  getObject(from, key, options && { ...options, end: String(options.end ?? '') });
const answer = server.callback();

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
  if (pathname !== '/_test/older') return void answer(request, response);
  const then = new Date(Date.now() - Number(searchParams.get('seconds')) * 1_000);
  const file = join(directory, bucket, `${searchParams.get('key')}._S3rver_object`);
  utimes(file, then, then).then(
    () => response.writeHead(204).end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(port), '127.0.0.1');
