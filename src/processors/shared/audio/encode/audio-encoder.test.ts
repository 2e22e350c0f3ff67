import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { audioFile, decodeWithFfmpeg, ffmpeg } from '../../../../../test/support/audio/ffmpeg.ts';
import { noise, synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { openEncoder } from './audio-encoder.ts';
import type { AudioEncoder, AudioFileFormat, EncoderOptions } from './encoder.ts';
import { openWav } from './wav-encoder.ts';

type Planar = readonly Float32Array[];

/** Something different in each channel, and not in step with any block. */
const recording = (sampleRateHz: number, channels: number, seconds = 1.2345): Planar =>
  synthesise(
    sampleRateHz,
    seconds,
    Array.from({ length: channels }, (_, i) => [
      { toneHz: 220 * (i + 1), amplitude: 0.5 },
      { noiseSeed: i + 1, amplitude: 0.2 },
    ]),
  );

async function write(encoder: AudioEncoder, planar: Planar, blockFrames = 5_000) {
  const length = planar[0]?.length ?? 0;
  for (let from = 0; from < length; from += blockFrames) {
    const channels = planar.map((samples) => samples.subarray(from, from + blockFrames));
    await encoder.write({ channels, frames: Math.min(blockFrames, length - from) });
  }
  return await encoder.close();
}

async function encode(format: AudioFileFormat, planar: Planar, options: Omit<EncoderOptions, 'path' | 'channels'>) {
  const path = audioFile(format);
  await using encoder = await openEncoder(format, { path, channels: planar.length, ...options });
  return { path, written: await write(encoder, planar) };
}

function largestDifference(a: Planar, b: Planar): number {
  assert.deepEqual(
    a.map(({ length }) => length),
    b.map(({ length }) => length),
  );
  let largest = 0;
  a.forEach((samples, channel) => {
    samples.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (b[channel]?.[i] ?? 0)));
    });
  });
  return largest;
}

for (const channels of [1, 2, 6]) {
  for (const sampleRateHz of [8_000, 44_100, 192_000]) {
    const planar = recording(sampleRateHz, channels);

    test(`a WAV of floats is exact: ${channels} channels at ${sampleRateHz} Hz`, async () => {
      const { path, written } = await encode('wav', planar, { sampleRateHz });
      const decoded = await decodeWithFfmpeg(path);
      assert.equal(decoded.sampleRateHz, sampleRateHz);
      assert.equal(largestDifference(decoded.channels, planar), 0);
      assert.deepEqual(written, { frames: planar[0]?.length, clippedSamples: 0 });
    });

    for (const format of ['wav', 'flac'] as const) {
      test(`${format} of 24 bits is off by half a step: ${channels} channels at ${sampleRateHz} Hz`, async () => {
        const { path } = await encode(format, planar, { sampleRateHz, bitsPerSample: 24 });
        const decoded = await decodeWithFfmpeg(path);
        assert.equal(decoded.sampleRateHz, sampleRateHz);
        assert.ok(largestDifference(decoded.channels, planar) <= 0.5 / 2 ** 23 + 1e-9);
      });
    }
  }
}

for (const format of ['wav', 'flac'] as const) {
  test(`16 bits of ${format} are dithered: a tone below half a step survives, and nothing is off by more than two`, async () => {
    const step = 2 ** -15;
    const quiet = synthesise(48_000, 2, [[{ toneHz: 1_000, amplitude: 0.4 * step }]]);
    const { path } = await encode(format, quiet, { sampleRateHz: 48_000, bitsPerSample: 16 });
    const [decoded = new Float32Array()] = (await decodeWithFfmpeg(path)).channels;
    assert.ok(largestDifference([decoded], quiet) <= 1.5 * step + 1e-9);
    let product = 0;
    let power = 0;
    quiet[0]?.forEach((value, i) => {
      product += value * (decoded[i] ?? 0);
      power += value * value;
    });
    // What plain rounding leaves of it is nothing. The noise of dither moves this by 1 % at this length.
    assert.ok(Math.abs(product / power - 1) < 0.05, `${product / power}`);
  });

  test(`what ${format} cannot hold is cut off and counted`, async () => {
    const loud = [Float32Array.of(0.5, 1, 1.25, -1, -1.5, 0)];
    const { path, written } = await encode(format, loud, { sampleRateHz: 44_100, bitsPerSample: 24 });
    const [decoded = new Float32Array()] = (await decodeWithFfmpeg(path)).channels;
    const top = 1 - 2 ** -23;
    assert.deepEqual([...decoded], [0.5, top, top, -1, -1, 0].map(Math.fround));
    assert.equal(written.clippedSamples, 2);
  });
}

test('FLAC says its length and the hash of its samples, as ffmpeg computes it', async () => {
  const planar = recording(44_100, 2);
  const { path } = await encode('flac', planar, { sampleRateHz: 44_100, bitsPerSample: 16 });
  const bytes = await readFile(path);
  assert.equal(Number(bytes.readBigUInt64BE(18) & 0xf_ffff_ffffn), planar[0]?.length);
  const md5 = (await ffmpeg('-i', path, '-c:a', 'pcm_s16le', '-f', 'md5', '-')).toString().trim();
  assert.equal(`MD5=${bytes.subarray(26, 42).toString('hex')}`, md5);
});

test('a WAV that outgrows 32 bits is RF64', async () => {
  const planar = recording(44_100, 2);
  const path = audioFile('wav');
  await write(await openWav({ path, sampleRateHz: 44_100, channels: 2 }, 100_000), planar);
  assert.equal((await readFile(path)).toString('latin1', 0, 4), 'RF64');
  assert.equal(largestDifference((await decodeWithFfmpeg(path)).channels, planar), 0);
});

/** Where `b` fits onto `a` best, by what they have in common. */
function lagOf(a: Float32Array, b: Float32Array, reach: number): number {
  let best = { lag: 0, product: 0 };
  for (let lag = -reach; lag <= reach; lag++) {
    let product = 0;
    for (let i = reach; i < Math.min(a.length, b.length) - reach; i++) product += (a[i] ?? 0) * (b[i + lag] ?? 0);
    if (product > best.product) best = { lag, product };
  }
  return best.lag;
}

for (const [sampleRateHz, channels, mp3RateHz] of [
  [44_100, 2, 44_100],
  [48_000, 1, 48_000],
  [22_050, 2, 22_050],
  [8_000, 1, 8_000],
] as const) {
  test(`MP3 has the frames of the recording, where they were: ${channels} channels at ${sampleRateHz} Hz`, async () => {
    const planar = recording(sampleRateHz, channels);
    const { path } = await encode('mp3', planar, { sampleRateHz });
    const decoded = await decodeWithFfmpeg(path);
    assert.equal(decoded.sampleRateHz, mp3RateHz);
    for (const [channel, samples] of decoded.channels.entries()) {
      const original = planar[channel] ?? new Float32Array();
      assert.equal(samples.length, original.length);
      assert.equal(lagOf(original, samples, 40), 0);
      let error = 0;
      let power = 0;
      original.forEach((value, i) => {
        error += (value - (samples[i] ?? 0)) ** 2;
        power += value * value;
      });
      assert.ok(error < power * 0.05, `${10 * Math.log10(error / power)} dB`);
    }
  });
}

test('MP3 of a rate that it does not have has the next one of its family, and the duration', async () => {
  for (const [sampleRateHz, mp3RateHz] of [
    [96_000, 48_000],
    [88_200, 44_100],
    [37_800, 44_100],
  ] as const) {
    const voices = [[{ toneHz: 440, amplitude: 0.5 }]];
    const { path } = await encode('mp3', synthesise(sampleRateHz, 1, voices), { sampleRateHz });
    const decoded = await decodeWithFfmpeg(path);
    assert.equal(decoded.sampleRateHz, mp3RateHz);
    const [samples = new Float32Array()] = decoded.channels;
    assert.equal(samples.length, mp3RateHz);
    const [wanted = new Float32Array()] = synthesise(mp3RateHz, 1, voices);
    assert.ok(Math.abs(lagOf(wanted, samples, 40)) <= 1);
  }
});

test('a bitrate that was asked for is what ffprobe sees', async () => {
  const { path } = await encode('mp3', recording(44_100, 2), { sampleRateHz: 44_100, bitrateKbps: 320 });
  const bytes = await readFile(path);
  assert.equal((bytes[2] ?? 0) >>> 4, 14);
});

test('the shortest recordings are written, too', async () => {
  for (const format of ['wav', 'flac', 'mp3'] as const) {
    for (const frames of [1, 100, 1_151, 1_153]) {
      const next = noise(3);
      const planar = [Float32Array.from({ length: frames }, () => 0.3 * next())];
      const { path } = await encode(format, planar, { sampleRateHz: 44_100 });
      const [decoded = new Float32Array()] = (await decodeWithFfmpeg(path)).channels;
      assert.equal(decoded.length, frames, `${format} of ${frames}`);
    }
  }
});

test('what a format cannot hold is refused before there is a file', async () => {
  const path = audioFile('none');
  for (const [format, options] of [
    ['mp3', { sampleRateHz: 44_100, channels: 6 }],
    ['flac', { sampleRateHz: 44_100, channels: 9 }],
    ['flac', { sampleRateHz: 44_100, channels: 2, bitsPerSample: 32 }],
    ['flac', { sampleRateHz: 99_999, channels: 2 }],
    ['wav', { sampleRateHz: 44_100, channels: 0 }],
  ] as const) {
    await assert.rejects(openEncoder(format, { path, ...options }), (error) => {
      return error instanceof AppError && error.code === 'INVALID_PARAMETERS';
    });
  }
  await assert.rejects(readFile(path), { code: 'ENOENT' });
});
