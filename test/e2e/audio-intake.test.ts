import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { apiUnderTest } from '../support/api-under-test.ts';
import { audioFile, encodeWithFfmpeg, ffmpeg } from '../support/audio/ffmpeg.ts';
import { synthesise } from '../support/audio/synthesise.ts';
import { wavBytes } from '../support/audio/wav-bytes.ts';
import type { Fleet } from '../support/fleet.ts';

// Recordings where pictures are expected, and those that only ffmpeg reads, on the real program.

const planar = synthesise(44_100, 4, [[{ noiseSeed: 3, amplitude: 0.3 }], [{ toneHz: 440, amplitude: 0.3 }]]);
const wav = wavBytes(planar, 44_100, 's16');
const source = audioFile('wav');
await writeFile(source, wav);
const packed = audioFile('m4a');
await ffmpeg('-i', source, '-c:a', 'alac', packed);
const alac = await readFile(packed);

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
});
after(() => server[Symbol.asyncDispose]());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.address}${path}`, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
  return { status: response.status, headers: response.headers, bytes, json: (): any => JSON.parse(String(bytes)) };
}

function sendForm(path: string, field: string, file: Buffer, name: string) {
  const body = new FormData();
  body.append(field, new Blob([new Uint8Array(file)]), name);
  return ask(path, { method: 'POST', body });
}

function sendJson(path: string, value: unknown, headers: Record<string, string> = {}) {
  const sent = { 'content-type': 'application/json', ...headers };
  return ask(path, { method: 'POST', body: JSON.stringify(value), headers: sent });
}

test('a recording is kept with its duration, and given in parts under its type', async () => {
  const upload = await sendForm('/v1/assets', 'file', alac, 'mix.m4a');
  assert.equal(upload.status, 201, String(upload.bytes));
  const { id, mediaType, durationSeconds, widthPx } = upload.json();
  assert.deepEqual([mediaType, durationSeconds, widthPx], ['audio/x-m4a', 4, undefined]);
  assert.deepEqual((await ask(`/v1/assets/${id}`)).json(), upload.json());
  const part = await ask(`/v1/assets/${id}/content`, { headers: { range: 'bytes=100-199' } });
  assert.deepEqual([part.status, part.headers.get('content-type')], [206, 'audio/x-m4a']);
  assert.deepEqual(part.bytes, alac.subarray(100, 200));
});

test('ALAC is measured like the WAV that it was made of, and decoded once', async () => {
  const plain = await sendForm('/v1/audio/analysis', 'file', wav, 'mix.wav');
  const decoded = await sendForm('/v1/audio/analysis', 'file', alac, 'mix.m4a');
  assert.deepEqual([plain.status, decoded.status], [200, 200], String(decoded.bytes));
  for (const part of ['loudness', 'dynamics', 'stereo', 'durationSeconds']) {
    assert.deepEqual(decoded.json()[part], plain.json()[part], part);
  }
  const { id } = (await sendForm('/v1/assets', 'file', alac, 'mix.m4a')).json();
  const other = { processor: 'audio.analysis', inputs: [id], params: { target: 'club' } };
  const again = (await sendJson('/v1/jobs', other, { prefer: 'wait=30' })).json();
  assert.deepEqual([again.status, again.cached], ['succeeded', false], JSON.stringify(again));
  const met = (await server.metrics()).matchAll(/^esteira_needed_results_total\{[^}]*audio\.decode[^}]*\} .*$/gm);
  assert.match([...met].join('\n'), /made[^\n]* 1\n?/);
});

test('a recording is refused where a picture is wanted, and nothing of it stays', async () => {
  const list = async () => (await ask('/v1/assets?limit=100')).json().items.length;
  const { id } = (await sendForm('/v1/assets', 'file', wav, 'mix.wav')).json();
  const kept = await list();
  for (const [path, field] of [
    ['/v1/images/cutout', 'image'],
    ['/v1/images/thumbnail', 'file'],
  ] as const) {
    const refused = await sendForm(path, field, wav, 'mix.wav');
    assert.deepEqual([refused.status, refused.json().code], [415, 'INPUT_NOT_ACCEPTED'], path);
    assert.match(refused.json().detail, /Input 1 is audio\/wav; image\.\w+ accepts image\/jpeg/);
  }
  const foreign = await sendForm('/v1.0/removebg', 'image_file', wav, 'mix.wav');
  assert.deepEqual([foreign.status, foreign.json().errors[0].code], [400, 'invalid_file_type']);
  const { path } = (await sendJson('/v1/images/signed-urls', { assetId: id, widthPx: 60 })).json();
  if (path !== undefined) assert.equal((await ask(path)).json().code, 'INPUT_NOT_ACCEPTED');
  assert.equal(await list(), kept);
});

test('without ffmpeg it is said what is missing, and everything else goes on', async () => {
  await server.restart({ ESTEIRA_FFMPEG: 'off' });
  const other = await readFile(await encodeWithFfmpeg(planar, 44_100, ['-c:a', 'libopus'], 'webm'));
  const refused = await sendForm('/v1/audio/analysis', 'file', other, 'recording.webm');
  assert.deepEqual([refused.status, refused.json().code], [422, 'CODEC_UNAVAILABLE'], String(refused.bytes));
  assert.match(refused.json().detail, /Convert it to WAV, FLAC or MP3, or install ffmpeg/);
  assert.equal((await sendForm('/v1/audio/analysis', 'file', wav, 'mix.wav')).status, 200);
});
