import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ErrorCode } from '#kernel/errors.ts';
import { AppError } from '#kernel/errors.ts';
import {
  audioFile,
  decodeWithFfmpeg,
  encodeWithFfmpeg,
  ffmpeg,
  ffmpegPath,
} from '../../../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../../../test/support/audio/synthesise.ts';
import { decodedPath, decodeNeeds } from '../../shared/audio/decode-needs.ts';
import { createRuntime } from './run.ts';

const durationSeconds = 2;
const stereo = synthesise(48_000, durationSeconds, [
  [{ noiseSeed: 7, amplitude: 0.4 }],
  [{ toneHz: 220, amplitude: 0.9 }],
]);

describe('audio.decode', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esteira-decode-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(
    path: string,
    mediaType: string,
    options: { seconds?: number; programs?: Record<string, string>; signal?: AbortSignal } = {},
  ) {
    const progress: number[] = [];
    const [output] = await createRuntime().run({
      modelsDir: folder,
      threads: 1,
      programs: options.programs ?? { ffmpeg: ffmpegPath() },
      inputs: [{ path, mediaType, sizeBytes: 1, durationSeconds: options.seconds ?? durationSeconds }],
      needed: [],
      params: {},
      scratchDir: folder,
      progress: (fraction) => progress.push(fraction),
      log: () => {},
      signal: options.signal ?? new AbortController().signal,
    });
    assert.ok(output);
    return { ...output, path: join(folder, output.file), progress };
  }

  for (const [name, mediaType, extension, args, container, codec, bits] of [
    ['ALAC of 16 bits', 'audio/x-m4a', 'm4a', ['-c:a', 'alac', '-sample_fmt', 's16p'], 'm4a', 'ALAC', 16],
    ['ALAC of 24 bits', 'audio/x-m4a', 'm4a', ['-c:a', 'alac', '-sample_fmt', 's32p'], 'm4a', 'ALAC', 32],
    ['AAC in fragments', 'audio/x-m4a', 'm4a', ['-c:a', 'aac', '-movflags', 'empty_moov'], 'm4a', 'AAC', 32],
    ['AAC of a low rate', 'audio/aacp', 'aac', ['-c:a', 'aac', '-ar', '22050'], 'adts', 'AAC', 32],
    ['WebM', 'audio/webm', 'webm', ['-c:a', 'libopus'], 'webm', 'Opus', 32],
    ['Matroska with FLAC of 5.1', 'audio/matroska', 'mka', ['-c:a', 'flac', '-ac', '6'], 'matroska', 'FLAC', 32],
    ['CAF', 'audio/x-caf', 'caf', ['-c:a', 'pcm_s24be'], 'caf', 'PCM', 32],
  ] as const) {
    it(`${name}: the samples that ffmpeg finds`, async () => {
      const path = await encodeWithFfmpeg(stereo, 48_000, args, extension);
      const { path: made, mediaType: madeType, data, progress } = await run(path, mediaType);
      const [expected, found] = [await decodeWithFfmpeg(path), await decodeWithFfmpeg(made)];
      assert.deepEqual(found, expected);
      assert.equal(madeType, 'audio/wav');
      assert.deepEqual(data, {
        container,
        codec,
        channels: expected.channels.length,
        sampleRateHz: expected.sampleRateHz,
      });
      const bytes = await readFile(made);
      assert.equal(bytes.readUInt16LE(34), bits);
      assert.equal(bytes.readUInt32LE(4), bytes.length - 8);
      const dataAt = bytes.indexOf('data', 0, 'latin1');
      assert.equal(bytes.readUInt32LE(dataAt + 4), bytes.length - dataAt - 8);
      assert.ok((progress.at(-1) ?? 0) > 0.9);
    });
  }

  it('refuses what is damaged, cut off, or of another length than its header says', async () => {
    const whole = await encodeWithFfmpeg(stereo, 48_000, ['-c:a', 'alac', '-movflags', 'faststart'], 'm4a');
    await assert.rejects(run(whole, 'audio/x-m4a', { seconds: 0.5 }), has('MEDIA_INVALID', /longer than its header/));
    await assert.rejects(run(whole, 'audio/x-m4a', { seconds: 9 }), has('MEDIA_INVALID', /shorter than its header/));
    const cut = audioFile('m4a');
    await writeFile(cut, await readFile(whole));
    await truncate(cut, 60_000);
    await assert.rejects(run(cut, 'audio/x-m4a'), has('MEDIA_INVALID', /cut off/));
    const noise = audioFile('caf');
    await writeFile(noise, 'caff and nothing that belongs there');
    await assert.rejects(run(noise, 'audio/x-caf'), has('MEDIA_INVALID', /cannot be decoded/));
  });

  it('reads nothing but the file itself, whatever is written in it', async () => {
    const secret = audioFile('wav');
    await writeFile(secret, await readFile(await encodeWithFfmpeg(stereo, 48_000, [], 'wav')));
    const list = audioFile('m4a');
    await writeFile(list, `ffconcat version 1.0\nfile '${secret}'\n`);
    await assert.rejects(run(list, 'audio/x-m4a'), has('MEDIA_INVALID', /cannot be decoded/));
    const playlist = audioFile('webm');
    await writeFile(playlist, `#EXTM3U\n#EXTINF:2,\nfile://${secret}\n#EXT-X-ENDLIST\n`);
    await assert.rejects(run(playlist, 'audio/webm'), has('MEDIA_INVALID', /cannot be decoded/));
    // The control: unforced and unguarded, it would have been read.
    await ffmpeg('-safe', '0', '-f', 'concat', '-i', list, '-f', 'null', '-');
  });

  it('says what is missing where there is no ffmpeg', async () => {
    await assert.rejects(
      run(audioFile('m4a'), 'audio/x-m4a', { programs: {} }),
      has('CODEC_UNAVAILABLE', /needs ffmpeg.*install ffmpeg/),
    );
  });

  it('refuses what would be larger than a WAV can be, before it is there', async () => {
    const path = await encodeWithFfmpeg(stereo, 48_000, ['-c:a', 'alac'], 'm4a');
    await assert.rejects(run(path, 'audio/x-m4a', { seconds: 40_000 }), has('RESOURCE_LIMIT', /4 GiB/));
  });

  it('ends at once when nobody wants it any more', async () => {
    const path = audioFile('m4a');
    await ffmpeg('-f', 'lavfi', '-i', 'anoisesrc=d=300', '-c:a', 'alac', path);
    const abort = new AbortController();
    const running = run(path, 'audio/x-m4a', { seconds: 300, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 300);
    await assert.rejects(running, /enough/);
  });
});

it('only what ffmpeg has to decode is asked for, and its place is found again', () => {
  const types = ['audio/wav', 'audio/x-m4a', 'audio/mp4', 'audio/webm'];
  const inputs = types.map((mediaType, index) => ({ mediaType, sizeBytes: 1, path: `/in/${index}` }));
  const needs = decodeNeeds(inputs);
  assert.deepEqual(
    needs.map(({ processor, input }) => [processor, input]),
    [
      ['audio.decode', 1],
      ['audio.decode', 3],
    ],
  );
  const data = { container: 'm4a', codec: 'ALAC' };
  const needed = needs.map(({ input }) => ({ path: `/made/${input}`, mediaType: 'audio/wav', data }));
  const opened = types.map((_, index) => decodedPath({ inputs, needed }, index));
  assert.deepEqual(
    opened.map(({ path, mediaType }) => [path, mediaType]),
    [
      ['/in/0', 'audio/wav'],
      ['/made/1', 'audio/wav'],
      ['/in/2', 'audio/mp4'],
      ['/made/3', 'audio/wav'],
    ],
  );
  assert.deepEqual(
    opened.map(({ original }) => original),
    [undefined, data, undefined, data],
  );
  assert.throws(() => decodedPath({ inputs, needed }, 4), RangeError);
});

function has(code: ErrorCode, detail: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    assert.match(error.detail, detail);
    return true;
  };
}
