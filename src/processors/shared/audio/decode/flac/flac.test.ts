import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio } from '../../../../../../test/support/audio/read-audio.ts';
import { synthesise } from '../../../../../../test/support/audio/synthesise.ts';

/** Full scale in both directions: where a wrong divisor shows. */
const loud = synthesise(44_100, 1.3, [[{ noiseSeed: 1, amplitude: 1 }], [{ toneHz: 3, amplitude: 1.5 }]]).map((c) =>
  c.map((x) => Math.max(-1, Math.min(1, x))),
);

async function readBytes(bytes: Uint8Array) {
  const path = audioFile('flac');
  await writeFile(path, bytes);
  return readAudio(path, 'audio/flac');
}

const cases: Record<string, [number, string[]]> = {
  '16 bits': [44_100, ['-sample_fmt', 's16']],
  '24 bits': [44_100, ['-sample_fmt', 's32']],
  'tiny blocks': [44_100, ['-sample_fmt', 's16', '-frame_size', '16']],
  'huge blocks': [48_000, ['-sample_fmt', 's32', '-frame_size', '65535']],
  'an odd sample rate': [12_345, ['-sample_fmt', 's16']],
  '192 kHz': [192_000, ['-sample_fmt', 's32']],
};
for (const [name, [rate, args]] of Object.entries(cases)) {
  test(`${name}: the samples that ffmpeg finds, exactly`, async () => {
    const path = await encodeWithFfmpeg(loud, rate, args, 'flac');
    const { format, channels } = await readAudio(path, 'audio/flac');
    const truth = await decodeWithFfmpeg(path);
    assert.equal(format.sampleRateHz, rate);
    assert.equal(format.frames, truth.channels[0]?.length);
    assert.deepEqual(channels, truth.channels);
  });
}

for (const count of [1, 3, 6, 8]) {
  test(`${count} channels in the order of ffmpeg`, async () => {
    const planar = synthesise(
      48_000,
      0.4,
      Array.from({ length: count }, (_, i) => [{ toneHz: 100 * (i + 1), amplitude: 0.5 }]),
    );
    const path = await encodeWithFfmpeg(planar, 48_000, ['-sample_fmt', 's16'], 'flac');
    assert.deepEqual((await readAudio(path, 'audio/flac')).channels, (await decodeWithFfmpeg(path)).channels);
  });
}

test('a stream that does not say its length is read to its end', async () => {
  const path = await encodeWithFfmpeg(loud, 44_100, ['-sample_fmt', 's16'], 'flac');
  const bytes = await readFile(path);
  bytes.fill(0, 22, 26);
  bytes.writeUInt8(bytes.readUInt8(21) & 0xf0, 21);
  const { format, channels } = await readBytes(bytes);
  assert.equal(format.frames, undefined);
  assert.deepEqual(channels, (await decodeWithFfmpeg(path)).channels);
});

test('a tag before the stream is passed by', async () => {
  const path = await encodeWithFfmpeg(loud, 44_100, ['-sample_fmt', 's16'], 'flac');
  const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\0', 'latin1'), Buffer.alloc(256)]);
  const { channels } = await readBytes(Buffer.concat([tag, await readFile(path)]));
  assert.deepEqual(channels, (await decodeWithFfmpeg(path)).channels);
});

test('damage is refused, wherever it is', async () => {
  const whole = await readFile(await encodeWithFfmpeg(loud, 44_100, ['-sample_fmt', 's16'], 'flac'));
  const invalid = { code: 'MEDIA_INVALID', detail: /FLAC (file is (damaged|cut off)|recording is cut off)/ };
  for (const share of [0.3, 0.5, 0.8, 0.99]) {
    const at = Math.round(whole.length * share);
    await assert.rejects(readBytes(whole.subarray(0, at)), invalid, `cut at ${share}`);
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
    await assert.rejects(readBytes(flipped), invalid, `flipped at ${share}`);
    await assert.rejects(readBytes(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 20_000)])), invalid);
  }
});

test('2^35 samples in a thousand bytes are refused at once', async () => {
  const whole = await readFile(await encodeWithFfmpeg(loud, 44_100, ['-sample_fmt', 's16'], 'flac'));
  const lie = Buffer.from(whole.subarray(0, 1_000));
  lie.writeUInt8((lie.readUInt8(21) & 0xf0) | 8, 21);
  lie.fill(0, 22, 26);
  await assert.rejects(readBytes(lie), { code: 'MEDIA_INVALID' });
});
