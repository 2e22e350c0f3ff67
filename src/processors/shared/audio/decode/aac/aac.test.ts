import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio, relativeError } from '../../../../../../test/support/audio/read-audio.ts';
import { noise, tonesInNoise } from '../../../../../../test/support/audio/synthesise.ts';
import { readAudioSpecificConfig } from './config.ts';
import { createDct4 } from './inverse-mdct.ts';

const rounding = 1e-5;

/** Tones, noise and clicks, so that long and short blocks, noise substitution and noise shaping are all used. */
function music(rate: number, channels: number, seconds = 1.37) {
  const planar = tonesInNoise(rate, channels, seconds);
  for (const channel of planar) for (let i = 0; i < channel.length; i += 9_000) channel.fill(0.9, i, i + 20);
  return planar;
}

const adts = ['-c:a', 'aac', '-f', 'adts'];
const settings: [number, number, string, string[]][] = [
  [44_100, 1, '32k', []],
  [44_100, 2, '64k', []],
  [44_100, 2, '128k', ['-aac_pns', '0']],
  [44_100, 2, '192k', ['-aac_tns', '1', '-aac_coder', 'twoloop']],
  [44_100, 2, '48k', ['-aac_is', '1', '-aac_coder', 'twoloop']],
  [48_000, 2, '128k', ['-aac_coder', 'fast', '-aac_ms', '1']],
  [44_100, 2, '320k', []],
  [96_000, 2, '256k', []],
  [32_000, 2, '96k', []],
  [22_050, 2, '64k', []],
  [16_000, 1, '32k', []],
  [8_000, 1, '24k', []],
  [44_100, 4, '192k', []],
  [44_100, 5, '256k', []],
  [48_000, 6, '384k', []],
];
for (const [rate, channels, bitRate, args] of settings) {
  test(`ADTS, ${rate} Hz, ${channels} channels, ${bitRate} ${args.join(' ')}: as ffmpeg decodes it`, async () => {
    const path = await encodeWithFfmpeg(music(rate, channels), rate, [...adts, '-b:a', bitRate, ...args], 'aac');
    const read = await readAudio(path, 'audio/aac');
    const truth = await decodeWithFfmpeg(path);
    assert.equal(read.format.sampleRateHz, truth.sampleRateHz);
    assert.ok(relativeError(read.channels, truth.channels) < rounding, 'channels, length and samples agree');
  });
}

const containers: Record<string, string[]> = {
  'tables behind the sound': [],
  'tables before the sound': ['-movflags', '+faststart'],
  QuickTime: ['-f', 'mov'],
  'no edit list': ['-use_editlist', '0'],
};
for (const [name, args] of Object.entries(containers)) {
  test(`MP4, ${name}: as ffmpeg decodes it, the delay taken off`, async () => {
    const path = await encodeWithFfmpeg(music(44_100, 2), 44_100, ['-c:a', 'aac', ...args], 'm4a');
    const { format, channels } = await readAudio(path, 'audio/mp4');
    const truth = await decodeWithFfmpeg(path);
    assert.equal(format.frames, truth.channels[0]?.length);
    assert.ok(relativeError(channels, truth.channels) < rounding, 'channels, length and samples agree');
  });
}

test('the transform is the sum that defines it', () => {
  const random = noise(3);
  const input = Float32Array.from({ length: 128 }, () => random());
  const output = new Float64Array(128);
  createDct4(128, 0.5)(input, 0, output);
  for (const [m, value] of output.entries()) {
    let sum = 0;
    for (const [k, x] of input.entries()) sum += x * Math.cos((Math.PI / 128) * (m + 0.5) * (k + 0.5));
    assert.ok(Math.abs(value - sum / 2) < 1e-12);
  }
});

test('what AAC-LC is not needs ffmpeg, and the error says so', async () => {
  const needed = { code: 'UNSUPPORTED_MEDIA_TYPE', detail: /ffmpeg/ };
  const alac = await encodeWithFfmpeg(music(44_100, 2), 44_100, ['-c:a', 'alac'], 'm4a');
  await assert.rejects(readAudio(alac, 'audio/mp4'), needed);
  const fragments = ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'];
  await assert.rejects(
    readAudio(await encodeWithFfmpeg(music(44_100, 2), 44_100, fragments, 'm4a'), 'audio/mp4'),
    needed,
  );
  // HE-AAC, said outright and said behind a configuration of low complexity; AAC Main.
  for (const config of ['2b92 0800', '1390 56e5 80', '0a10']) {
    const bytes = Buffer.from(config.replaceAll(' ', ''), 'hex');
    assert.throws(() => readAudioSpecificConfig(bytes, 'MP4'), needed, config);
  }
});

test('an M4A file that was cut is refused, wherever its tables are', async () => {
  const path = audioFile('m4a');
  for (const args of [[], ['-movflags', '+faststart']]) {
    const whole = await readFile(await encodeWithFfmpeg(music(44_100, 2, 3), 44_100, ['-c:a', 'aac', ...args], 'm4a'));
    for (const share of [0.01, 0.5, 0.97]) {
      await writeFile(path, whole.subarray(0, whole.length * share));
      await assert.rejects(readAudio(path, 'audio/mp4'), {
        code: 'MEDIA_INVALID',
        detail: /MP4 file is (cut off|damaged)/,
      });
    }
  }
});

test('ADTS without a frame is refused', async () => {
  const path = audioFile('aac');
  for (const bytes of [Buffer.alloc(100_000), Buffer.alloc(100_000, 0xff), Buffer.from([0xff, 0xf1])]) {
    await writeFile(path, bytes);
    await assert.rejects(readAudio(path, 'audio/aac'), { code: 'MEDIA_INVALID' });
  }
});
