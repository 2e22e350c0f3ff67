import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio, relativeError } from '../../../../../../test/support/audio/read-audio.ts';
import { tonesInNoise } from '../../../../../../test/support/audio/synthesise.ts';
import { ByteSource } from '../byte-source.ts';
import { mpegFrames } from './frames.ts';

/** Two decoders that compute with floats differ by about 10^−6. */
const rounding = 1e-5;
const lame = ['-c:a', 'libmp3lame'];

async function holdToFfmpeg(path: string, tolerance = rounding) {
  const read = await readAudio(path, 'audio/mpeg');
  const truth = await decodeWithFfmpeg(path);
  assert.equal(read.format.sampleRateHz, truth.sampleRateHz);
  assert.ok(relativeError(read.channels, truth.channels) < tolerance, 'channels, length and samples agree');
  return read;
}

async function readBytes(bytes: Uint8Array) {
  const path = audioFile('mp3');
  await writeFile(path, bytes);
  return readAudio(path, 'audio/mpeg');
}

for (const rate of [44_100, 48_000, 32_000, 22_050, 11_025, 8_000]) {
  for (const channels of [1, 2]) {
    test(`${rate} Hz, ${channels} channels: as ffmpeg decodes it, delay and padding taken off`, async () => {
      const path = await encodeWithFfmpeg(tonesInNoise(rate, channels), rate, [...lame, '-b:a', '64k'], 'mp3');
      const { format, channels: read } = await holdToFfmpeg(path);
      assert.equal(format.frames, read[0]?.length);
    });
  }
}

const kinds: Record<string, [string[], number]> = {
  'variable bit rate': [[...lame, '-q:a', '2'], rounding],
  'plain stereo': [[...lame, '-joint_stereo', '0', '-b:a', '160k'], rounding],
  'no header of the encoder': [[...lame, '-b:a', '320k', '-write_xing', '0'], rounding],
  'another encoder': [['-c:a', 'libshine', '-b:a', '128k'], rounding],
  // ffmpeg decodes this one with integers.
  'layer II': [['-c:a', 'mp2', '-b:a', '192k', '-f', 'mp2'], 1e-3],
};
for (const [name, [args, tolerance]] of Object.entries(kinds)) {
  test(`${name}: as ffmpeg decodes it`, async () => {
    await holdToFfmpeg(await encodeWithFfmpeg(tonesInNoise(44_100, 2), 44_100, args, 'mp3'), tolerance);
  });
}

test('two equal channels stay two', async () => {
  const [left] = tonesInNoise(44_100, 1);
  assert.ok(left);
  const { channels } = await holdToFfmpeg(await encodeWithFfmpeg([left, left], 44_100, lame, 'mp3'));
  assert.equal(channels.length, 2);
  assert.deepEqual(channels[0], channels[1]);
});

test('tags before and behind, with a picture of a megabyte, change nothing', async () => {
  const path = await encodeWithFfmpeg(tonesInNoise(44_100, 2), 44_100, lame, 'mp3');
  const plain = await readAudio(path, 'audio/mpeg');
  const picture = Buffer.concat([Buffer.from('ID3\x03\0\0\0\x40\0\0', 'latin1'), Buffer.alloc(1_048_576, 0xff)]);
  const ape = Buffer.alloc(64);
  ape.write('APETAGEX', 32, 'latin1');
  ape.writeUInt32LE(64, 32 + 12);
  const old = Buffer.alloc(128);
  old.write('TAG', 'latin1');
  const tagged = await readBytes(Buffer.concat([picture, await readFile(path), ape, old]));
  assert.deepEqual(tagged.channels, plain.channels);
});

test('a little garbage between frames is jumped over, much of it is refused', async () => {
  const path = await encodeWithFfmpeg(
    tonesInNoise(44_100, 2),
    44_100,
    [...lame, '-b:a', '128k', '-write_xing', '0'],
    'mp3',
  );
  const bytes = await readFile(path);
  const source = new ByteSource(path);
  const frames = [...mpegFrames(source)];
  source.close();
  const at = frames[20]?.position ?? 0;
  const between = (garbage: Buffer) => readBytes(Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)]));
  assert.deepEqual((await between(Buffer.alloc(1_000))).channels, (await readAudio(path, 'audio/mpeg')).channels);
  await assert.rejects(between(Buffer.alloc(200_000)), { code: 'MEDIA_INVALID', detail: /damaged at byte/ });
});

test('a file whose header promises more than it holds is cut off', async () => {
  const bytes = await readFile(await encodeWithFfmpeg(tonesInNoise(44_100, 2, 4), 44_100, lame, 'mp3'));
  const cutOff = { code: 'MEDIA_INVALID', detail: /cut off: its header promises 0:04\.000/ };
  for (const share of [0.5, 0.9]) await assert.rejects(readBytes(bytes.subarray(0, bytes.length * share)), cutOff);
});

test('a file without frames is refused', async () => {
  for (const bytes of [
    Buffer.alloc(100_000),
    Buffer.alloc(100_000, 0xff),
    Buffer.from('ID3'),
    Buffer.from('#EXTM3U\n'),
  ]) {
    await assert.rejects(readBytes(bytes), { code: 'MEDIA_INVALID', detail: /holds no sound/ });
  }
});

test('ten thousandths of a second are ten thousandths of a second', async () => {
  const { channels } = await holdToFfmpeg(await encodeWithFfmpeg(tonesInNoise(44_100, 2, 0.01), 44_100, lame, 'mp3'));
  assert.equal(channels[0]?.length, 441);
});
