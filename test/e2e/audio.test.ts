import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { apiUnderTest } from '../support/api-under-test.ts';
import { decodeWithFfmpeg, encodeWithFfmpeg } from '../support/audio/ffmpeg.ts';
import { ffmpegLoudness } from '../support/audio/ffmpeg-loudness.ts';
import { synthesise } from '../support/audio/synthesise.ts';
import { wavBytes } from '../support/audio/wav-bytes.ts';
import type { Fleet } from '../support/fleet.ts';

// The real program and its children: sound goes in, numbers and words come out.

const rateHz = 48_000;
/** EBU Tech 3341, case 1: −23 LUFS. */
const tone = synthesise(rateHz, 20, [
  [{ toneHz: 1_000, amplitude: 10 ** (-23 / 20) }],
  [{ toneHz: 1_000, amplitude: 10 ** (-23 / 20) }],
]);
const wav = wavBytes(tone, rateHz, 's24');
const noise = wavBytes(
  synthesise(rateHz, 5, [[{ noiseSeed: 1, amplitude: 0.5 }], [{ noiseSeed: 2, amplitude: 0.5 }]]),
  rateHz,
  's16',
);

const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .png()
  .toBuffer();

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
});
after(() => server[Symbol.asyncDispose]());

type Json = Record<string, never> & Record<string, unknown>;

interface Answer {
  readonly loudness: { readonly integratedLufs: number | null; readonly truePeakDbtp: number | null };
  readonly comparison?: { readonly loudnessDb: number };
  readonly verdicts: readonly {
    readonly code: string;
    readonly text: { readonly en: string; readonly 'pt-BR': string };
  }[];
  readonly sampleRateHz: number;
  readonly channels: number;
}

async function analyse(files: Record<string, Buffer>, fields: Record<string, string> = {}, name = 'mix.wav') {
  const body = new FormData();
  for (const [field, file] of Object.entries(files)) body.append(field, new Blob([new Uint8Array(file)]), name);
  for (const [field, value] of Object.entries(fields)) body.append(field, value);
  const response = await fetch(`${server.address}/v1/audio/analysis`, { method: 'POST', body });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.address}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
}

test('one call: a recording in, its loudness and words in both languages out', async () => {
  const { status, headers, body } = await analyse({ file: wav }, { target: 'ebu-r128' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(headers.get('content-type'), 'application/json');
  assert.ok(Math.abs((body.loudness.integratedLufs ?? 0) + 23) <= 0.1);
  assert.deepEqual([body.sampleRateHz, body.channels], [rateHz, 2]);
  assert.ok(body.verdicts.length > 0);
  for (const { text } of body.verdicts) assert.ok(text.en !== '' && text['pt-BR'] !== '');
});

test('the same bytes under another name are not measured again', async () => {
  const { headers } = await analyse({ file: wav }, { target: 'ebu-r128' }, 'another name.wav');
  assert.equal(headers.get('x-cached'), 'true');
});

test('a reference is what it is held against', async () => {
  const quiet = wavBytes(
    tone.map((samples) => samples.map((value) => value / 2)),
    rateHz,
    's24',
  );
  const { status, body } = await analyse({ file: wav, reference: quiet });
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(Math.abs((body.comparison?.loudnessDb ?? 0) - 20 * Math.log10(2)) < 0.02);
});

test('an MP3 is as loud as ffmpeg finds it', async () => {
  const path = await encodeWithFfmpeg(tone, rateHz, ['-c:a', 'libmp3lame', '-b:a', '192k'], 'mp3');
  const { channels, sampleRateHz } = await decodeWithFfmpeg(path);
  const { integratedLufs } = await ffmpegLoudness({ channels, sampleRateHz });
  const { status, body } = await analyse({ file: await readFile(path) });
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(Math.abs((body.loudness.integratedLufs ?? 0) - integratedLufs) <= 0.05);
});

test('silence is minus infinity, which JSON calls null', async () => {
  const { status, body } = await analyse({ file: wavBytes(synthesise(rateHz, 3, [[], []]), rateHz, 's16') });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.loudness.integratedLufs, body.loudness.truePeakDbtp], [null, null]);
});

test('a report is made, shared, read by anybody, and taken back', async () => {
  const upload = await fetch(`${server.address}/v1/assets`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: new Uint8Array(noise),
  });
  const asset = (await upload.json()) as { id: string; durationSeconds: number; mediaType: string };
  assert.deepEqual([asset.mediaType, asset.durationSeconds], ['audio/wav', 5]);

  for (const [report, mediaType] of [
    ['html', 'text/html'],
    ['pdf', 'application/pdf'],
  ]) {
    const params = { report, language: 'pt-BR', title: '<script>alert(1)</script>' };
    const response = await fetch(`${server.address}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ processor: 'audio.analysis', inputs: [asset.id], params }),
    });
    const job = (await response.json()) as { id: string; status: string; outputs: { mediaType: string }[] };
    assert.equal(job.status, 'succeeded', JSON.stringify(job));
    assert.deepEqual(
      job.outputs.map((output) => output.mediaType),
      ['application/json', 'image/png', mediaType],
    );

    const made = await ask('POST', '/v1/shares', { jobId: job.id, outputIndex: 2, name: `Relatório.${report}` });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { pathname } = new URL(String(made.body['url']));
    const opened = await fetch(`${server.address}${pathname}`);
    assert.equal(opened.status, 200);
    assert.equal(opened.headers.get('content-type'), mediaType);
    assert.match(opened.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
    const content = await opened.text();
    if (report === 'html') {
      assert.match(content, /lang="pt-BR"/);
      assert.ok(!content.includes('<script>'), 'a title is text');
    } else assert.ok(content.startsWith('%PDF-'));

    const forged = `${pathname.slice(0, -1)}${pathname.endsWith('A') ? 'B' : 'A'}`;
    assert.equal((await fetch(`${server.address}${forged}`)).status, 404);
    const listed = await ask('GET', `/v1/shares?jobId=${job.id}`);
    assert.deepEqual(
      (listed.body['items'] as unknown as { id: string }[]).map(({ id }) => id),
      [made.body['id']],
    );
    assert.equal((await ask('DELETE', `/v1/shares/${made.body['id']}`)).status, 204);
    const gone = await fetch(`${server.address}${pathname}`);
    assert.equal(gone.status, 404);
    assert.equal(((await gone.json()) as { code: string }).code, 'SHARE_NOT_FOUND');
    assert.equal((await fetch(`${server.address}${pathname}?password=x`)).status, 400);
  }
});

const refused: [string, Record<string, Buffer>, Record<string, string>, number, string, RegExp][] = [
  ['no file', { reference: wav }, {}, 400, 'INVALID_PARAMETERS', /send one in the field "file"/],
  ['an unknown target', { file: wav }, { target: 'radio' }, 400, 'INVALID_PARAMETERS', /"target"/],
  ['a picture', { file: picture }, {}, 415, 'INPUT_NOT_ACCEPTED', /image\/png/],
  ['NaN among the samples', { file: withNaN() }, {}, 422, 'MEDIA_INVALID', /not a finite number, at 0:00\.500/],
  [
    'a recording that is cut off',
    { file: wav.subarray(0, 100_000) },
    {},
    422,
    'MEDIA_INVALID',
    /promises 20 s of sound, and it holds 0\.3/,
  ],
];

for (const [name, files, fields, status, code, detail] of refused) {
  test(`${name} is refused in words`, async () => {
    const answer = await analyse(files, fields);
    const problem = answer.body as unknown as { code: string; detail: string };
    assert.deepEqual([answer.status, problem.code], [status, code], JSON.stringify(problem));
    assert.match(problem.detail, detail);
  });
}

function withNaN(): Buffer {
  const [left = new Float32Array()] = synthesise(rateHz, 1, [[{ toneHz: 440, amplitude: 0.5 }]]);
  left[24_000] = Number.NaN;
  return wavBytes([left], rateHz, 'f32');
}
