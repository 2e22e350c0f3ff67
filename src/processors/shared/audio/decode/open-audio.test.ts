import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#kernel/errors.ts';
import { audioFile, encodeWithFfmpeg } from '../../../../../test/support/audio/ffmpeg.ts';
import { readAudio } from '../../../../../test/support/audio/read-audio.ts';
import { synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { maxBlockFrames } from '../audio-stream.ts';
import { openAudio } from './open-audio.ts';

const stereo = synthesise(44_100, 2, [[{ noiseSeed: 1, amplitude: 0.5 }], [{ toneHz: 997, amplitude: 0.5 }]]);
const kinds: [extension: string, mediaType: string, args: string[]][] = [
  ['wav', 'audio/wav', ['-c:a', 'pcm_f32le']],
  ['aiff', 'audio/aiff', ['-c:a', 'pcm_s24be']],
  ['flac', 'audio/flac', ['-c:a', 'flac']],
  ['mp3', 'audio/mpeg', ['-c:a', 'libmp3lame']],
  ['ogg', 'audio/ogg', ['-c:a', 'libvorbis']],
  ['opus', 'audio/ogg', ['-c:a', 'libopus']],
  ['oga', 'audio/ogg', ['-c:a', 'flac', '-f', 'ogg']],
  ['m4a', 'audio/mp4', ['-c:a', 'aac']],
  ['aac', 'audio/aac', ['-c:a', 'aac', '-f', 'adts']],
];

for (const [extension, mediaType, args] of kinds) {
  test(`${extension}: blocks are full but for the last, as many as promised, in the same arrays`, async () => {
    await using stream = await openAudio(await encodeWithFfmpeg(stereo, 44_100, args, extension), mediaType);
    const lengths: number[] = [];
    const memories = new Set<ArrayBufferLike>();
    for await (const { channels, frames } of stream.blocks()) {
      assert.ok(channels.every((channel) => channel.length === frames));
      lengths.push(frames);
      for (const channel of channels) memories.add(channel.buffer);
    }
    const last = lengths.pop() ?? 0;
    assert.ok(last >= 1 && last <= maxBlockFrames);
    assert.ok(lengths.every((length) => length === maxBlockFrames));
    const frames = lengths.length * maxBlockFrames + last;
    assert.equal(frames, stream.format.frames ?? frames);
    assert.ok(memories.size <= 3, 'no array of its own for each block');
  });

  test(`${extension}: stops when it is told to, between two blocks`, async () => {
    const path = await encodeWithFfmpeg(stereo, 44_100, args, extension);
    const controller = new AbortController();
    await using stream = await openAudio(path, mediaType, { signal: controller.signal });
    let blocks = 0;
    await assert.rejects(async () => {
      for await (const _ of stream.blocks()) {
        blocks += 1;
        setImmediate(() => controller.abort(new Error('enough')));
      }
    }, /enough/);
    assert.equal(blocks, 1);
  });

  test(`${extension}: damaged anyhow, it gives numbers or an error of ours`, async () => {
    const whole = await readFile(await encodeWithFfmpeg(stereo, 44_100, args, extension));
    const path = audioFile(extension);
    const place = fc.oneof(fc.nat(200), fc.nat(whole.length - 1));
    const damage: fc.Arbitrary<Uint8Array> = fc.oneof(
      fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      }),
      place.map((length) => whole.subarray(0, length)),
      fc.tuple(place, fc.nat(3_000)).map(([at, n]) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + n)])),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        await writeFile(path, bytes);
        try {
          const { channels } = await readAudio(path, mediaType);
          assert.ok(channels.every((channel) => channel.every(Number.isFinite)));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }),
      { numRuns: 25, seed: 20 },
    );
  });
}

test('a file that becomes shorter while it is read is cut off', async () => {
  const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'pcm_s16le'], 'wav');
  await using stream = await openAudio(path, 'audio/wav');
  await truncate(path, 100_000);
  await assert.rejects(
    async () => {
      for await (const _ of stream.blocks());
    },
    { code: 'MEDIA_INVALID', detail: /cut off: its header promises 0:02\.000/ },
  );
});

test('a type that nothing reads is refused', async () => {
  await assert.rejects(openAudio('/nowhere', 'video/mp4'), { code: 'UNSUPPORTED_MEDIA_TYPE' });
});
