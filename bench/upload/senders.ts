import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { mebibyte } from '#kernel/units.ts';

/** Sends a file in one of the ways there are, and is done when it is kept. */
export type Sender = (address: string, file: Buffer) => Promise<void>;

const pieceBytes = 8 * mebibyte;
const tus = { 'tus-resumable': '1.0.0' };

export const sendRaw: Sender = async (address, file) => {
  await send(`${address}/v1/assets`, { method: 'POST', headers: { 'content-type': 'image/png' } }, [file], 201);
};

export const sendMultipart: Sender = async (address, file) => {
  const boundary = 'a-boundary-of-the-benchmark';
  const before = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n`;
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const parts = [Buffer.from(before), file, Buffer.from(`\r\n--${boundary}--\r\n`)];
  await send(`${address}/v1/assets`, { method: 'POST', headers }, parts, 201);
};

/** As the studio does it. */
export const sendTus: Sender = async (address, file) => {
  const headers = { ...tus, 'upload-length': String(file.length) };
  const begun = await send(`${address}/v1/uploads`, { method: 'POST', headers }, [], 201);
  const url = address + begun.headers.location;
  for (let offset = 0; offset < file.length; offset += pieceBytes) {
    const piece = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
    await send(url, { method: 'PATCH', headers: piece }, [file.subarray(offset, offset + pieceBytes)], 204);
  }
};

export const sendBare: Sender = async (address, file) => {
  await send(address, { method: 'POST' }, [file], 201);
};

async function send(
  url: string,
  options: RequestOptions,
  parts: readonly Buffer[],
  expected: number,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const headers = { ...(options.headers as Record<string, string>), 'content-length': length };
  const sent = request(url, { agent: false, ...options, headers });
  sent.once('response', resolve).once('error', reject);
  for (const part of parts) sent.write(part);
  sent.end();
  const answer = await promise;
  const body = await buffer(answer);
  if (answer.statusCode !== expected) throw new Error(`${options.method} ${url}: ${answer.statusCode} ${body}`);
  return answer;
}
