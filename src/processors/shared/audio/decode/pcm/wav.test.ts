import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#kernel/errors.ts';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio } from '../../../../../../test/support/audio/read-audio.ts';
import { synthesise } from '../../../../../../test/support/audio/synthesise.ts';
import { chunk, riff, wavBytes } from '../../../../../../test/support/audio/wav-bytes.ts';

const stereo = synthesise(44_100, 0.61, [[{ noiseSeed: 1, amplitude: 1 }], [{ toneHz: 997, amplitude: 0.999 }]]);
const invalid = { name: 'AppError', code: 'MEDIA_INVALID' };

async function readBytes(bytes: Uint8Array) {
  const path = audioFile('wav');
  await writeFile(path, bytes);
  return readAudio(path, 'audio/wav');
}

/** @param tag 1 for integers, 3 for floats */
function formatChunk(tag: number, channels: number, rate: number, bits: number, blockAlign = (channels * bits) / 8) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(channels, 2);
  bytes.writeUInt32LE(rate, 4);
  bytes.writeUInt16LE(blockAlign, 12);
  bytes.writeUInt16LE(bits, 14);
  return chunk('fmt ', bytes);
}

for (const codec of ['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw']) {
  test(`samples stored as ${codec} are those that ffmpeg finds, exactly`, async () => {
    const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', `pcm_${codec}`], 'wav');
    const { format, channels } = await readAudio(path, 'audio/wav');
    const truth = await decodeWithFfmpeg(path);
    assert.equal(format.sampleRateHz, truth.sampleRateHz);
    assert.equal(format.frames, truth.channels[0]?.length);
    assert.deepEqual(channels, truth.channels);
  });
}

const layouts = {
  mono: ['mono'],
  '2.1': ['left', 'right', 'lfe'],
  quad: ['left', 'right', 'left-surround', 'right-surround'],
  '5.0(side)': ['left', 'right', 'centre', 'left-surround', 'right-surround'],
  '5.1': ['left', 'right', 'centre', 'lfe', 'left-surround', 'right-surround'],
  '7.1': ['left', 'right', 'centre', 'lfe', 'left-back', 'right-back', 'left-surround', 'right-surround'],
};
for (const [layout, roles] of Object.entries(layouts)) {
  test(`the channel mask of ${layout} says who is who`, async () => {
    const planar = synthesise(
      48_000,
      0.4,
      roles.map((_, i) => [{ toneHz: 100 * (i + 1), amplitude: 0.5 }]),
    );
    const args = ['-c:a', 'pcm_s24le', '-af', `channelmap=channel_layout=${layout}`];
    const path = await encodeWithFfmpeg(planar, 48_000, args, 'wav');
    const { format, channels } = await readAudio(path, 'audio/wav');
    assert.deepEqual(format.layout, roles);
    assert.deepEqual(channels, (await decodeWithFfmpeg(path)).channels);
  });
}

test('RF64 files say their size elsewhere', async () => {
  const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'pcm_s16le', '-rf64', 'always'], 'wav');
  assert.deepEqual((await readAudio(path, 'audio/wav')).channels, (await decodeWithFfmpeg(path)).channels);
});

test('bits that are not valid do not count, and the others are at the top', async () => {
  const extended = Buffer.alloc(40);
  formatChunk(0xfffe, 1, 48_000, 24).copy(extended, 0, 8);
  extended.writeUInt16LE(22, 16);
  extended.writeUInt16LE(20, 18);
  extended.writeUInt32LE(4, 20);
  Buffer.from('0100000000001000800000aa00389b71', 'hex').copy(extended, 24);
  const { format, channels } = await readBytes(
    riff([chunk('fmt ', extended), chunk('data', Buffer.from([0xf0, 0xff, 0x7f, 0, 0, 0xc0]))]),
  );
  assert.equal(format.bitsPerSample, 20);
  assert.deepEqual([...(channels[0] ?? [])], [(2 ** 19 - 1) / 2 ** 19, -0.5]);
});

test('chunks of odd sizes before and behind the samples are passed by', async () => {
  const [body] = [Buffer.from([0, 64, 0, 192])];
  const bytes = riff([
    chunk('LIST', Buffer.from('abc')),
    formatChunk(1, 1, 8_000, 16),
    chunk('junk', Buffer.alloc(7)),
    chunk('data', body),
    chunk('id3 ', Buffer.alloc(5)),
  ]);
  assert.deepEqual([...((await readBytes(bytes)).channels[0] ?? [])], [0.5, -0.5]);
});

const good = wavBytes([Float32Array.of(0, 0.5, -0.5, 0.25)], 44_100, 's16');
const lies: Record<string, [Uint8Array, RegExp]> = {
  'a data size of 0xFFFFFFFF': [patched(40, 0xffff_ffff), /cut off, or was never finished/],
  'a data size of 0': [patched(40, 0), /holds no sound/],
  'a data size beyond the end': [good.subarray(0, -1), /cut off/],
  'no samples a second': [patched(24, 0), /0 samples a second/],
  '65,535 channels': [riff([formatChunk(1, 65_535, 44_100, 16, 2), chunk('data', Buffer.alloc(64))]), /65535 channels/],
  'no channels': [riff([formatChunk(1, 0, 44_100, 16), chunk('data', Buffer.alloc(64))]), /0 channels/],
  'frames that do not add up': [riff([formatChunk(1, 2, 44_100, 16, 3), chunk('data', Buffer.alloc(64))]), /3 bytes/],
  'floats of 16 bits': [riff([formatChunk(3, 1, 44_100, 16), chunk('data', Buffer.alloc(64))]), /16 bits/],
  'no format': [riff([chunk('data', Buffer.alloc(64))]), /how its samples are stored/],
  'no data': [riff([formatChunk(1, 1, 44_100, 16)]), /no chunk with samples/],
};
function patched(offset: number, value: number): Buffer {
  const bytes = Buffer.from(good);
  bytes.writeUInt32LE(value, offset);
  return bytes;
}
for (const [lie, [bytes, message]] of Object.entries(lies)) {
  test(`${lie}: refused`, () => assert.rejects(readBytes(bytes), { ...invalid, detail: message }));
}

for (const encoding of ['f32', 'f64'] as const) {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    test(`${value} among ${encoding} is refused with its place`, async () => {
      const planar = [new Float32Array(40_000), new Float32Array(40_000)];
      planar[1]?.fill(value, 22_050, 22_060);
      await assert.rejects(readBytes(wavBytes(planar, 44_100, encoding)), { ...invalid, detail: /0:00\.500.*22050/ });
    });
  }
}

test('what is compressed in a WAV file needs ffmpeg, and the error says so', async () => {
  const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'adpcm_ms'], 'wav');
  await assert.rejects(readAudio(path, 'audio/wav'), { code: 'UNSUPPORTED_MEDIA_TYPE', detail: /ffmpeg/ });
});

test('whatever stands in a header: an answer, and never another error than ours', async () => {
  const header = fc.record({
    tag: fc.constantFrom(0, 1, 3, 6, 7, 0xfffe),
    channels: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.nat(65_535)),
    rate: fc.oneof(fc.constantFrom(0, 8_000, 44_100, 384_000), fc.nat(0xffff_ffff)),
    bits: fc.oneof(fc.constantFrom(0, 8, 16, 24, 32, 64), fc.nat(65_535)),
    dataBytes: fc.oneof(fc.nat(4_096), fc.nat(0xffff_ffff)),
    body: fc.uint8Array({ maxLength: 4_096 }),
    noise: fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(header, async ({ tag, channels, rate, bits, dataBytes, body, noise }) => {
      const align = Math.round((channels * bits) / 8) & 0xffff;
      const bytes = riff([formatChunk(tag, channels, rate, bits, align), chunk('data', body)]);
      bytes.writeUInt32LE(dataBytes, 40);
      for (const [at, value] of noise) bytes[at] = value;
      try {
        const read = await readBytes(bytes);
        assert.ok(read.channels.every((channel) => channel.every(Number.isFinite)));
        assert.equal(read.channels[0]?.length, read.format.frames);
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
