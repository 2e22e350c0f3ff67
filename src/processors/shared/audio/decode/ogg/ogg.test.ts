import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio, relativeError } from '../../../../../../test/support/audio/read-audio.ts';
import { tonesInNoise } from '../../../../../../test/support/audio/synthesise.ts';
import { pageChecksum } from './pages.ts';

async function holdToFfmpeg(path: string, tolerance: number) {
  const read = await readAudio(path, 'audio/ogg');
  const truth = await decodeWithFfmpeg(path);
  assert.equal(read.format.sampleRateHz, truth.sampleRateHz);
  assert.ok(relativeError(read.channels, truth.channels) <= tolerance, 'channels, length and samples agree');
  return read;
}

async function readBytes(bytes: Uint8Array) {
  const path = audioFile('ogg');
  await writeFile(path, bytes);
  return readAudio(path, 'audio/ogg');
}

/** Of each page: where it begins. */
function pageStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf('OggS'); at >= 0; at = bytes.indexOf('OggS', at + 1)) starts.push(at);
  return starts;
}

for (const channels of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`Vorbis of ${channels} channels: as ffmpeg decodes it, in the order of ffmpeg`, async () => {
    const planar = tonesInNoise(44_100, channels);
    const path = await encodeWithFfmpeg(planar, 44_100, ['-c:a', 'libvorbis', '-q:a', '4'], 'ogg');
    const { channels: read } = await holdToFfmpeg(path, 1e-5);
    assert.equal(read[0]?.length, planar[0]?.length);
  });
}

for (const channels of [1, 2, 6, 8]) {
  test(`Opus of ${channels} channels: as ffmpeg decodes it, in the order of ffmpeg`, async () => {
    const planar = tonesInNoise(48_000, channels);
    const args = ['-c:a', 'libopus', '-b:a', `${64 * channels}k`, '-mapping_family', channels > 2 ? '1' : '0'];
    const { format, channels: read } = await holdToFfmpeg(await encodeWithFfmpeg(planar, 48_000, args, 'opus'), 1e-3);
    assert.equal(read[0]?.length, planar[0]?.length);
    assert.equal(format.frames, planar[0]?.length);
  });
}

test('FLAC in Ogg: the samples that ffmpeg finds, exactly', async () => {
  const path = await encodeWithFfmpeg(tonesInNoise(44_100, 2), 44_100, ['-c:a', 'flac', '-f', 'ogg'], 'oga');
  await holdToFfmpeg(path, 0);
});

test('one page of Opus is as long as it says', async () => {
  const path = await encodeWithFfmpeg(tonesInNoise(48_000, 2, 0.01), 48_000, ['-c:a', 'libopus'], 'opus');
  assert.equal((await holdToFfmpeg(path, 1e-3)).channels[0]?.length, 480);
});

test('the gain in the header of Opus is applied', async () => {
  const path = await encodeWithFfmpeg(tonesInNoise(48_000, 2), 48_000, ['-c:a', 'libopus'], 'opus');
  const bytes = await readFile(path);
  const [, second = 0] = pageStarts(bytes);
  const first = bytes.subarray(0, second);
  first.writeInt16LE(-1_541, first.indexOf('OpusHead') + 16);
  first.writeUInt32LE(pageChecksum(first), 22);
  const quieter = audioFile('opus');
  await writeFile(quieter, bytes);
  await holdToFfmpeg(quieter, 1e-3);
});

test('damage is refused, wherever it is', async () => {
  for (const args of [
    ['-c:a', 'libvorbis'],
    ['-c:a', 'libopus'],
    ['-c:a', 'flac', '-f', 'ogg'],
  ]) {
    const whole = await readFile(await encodeWithFfmpeg(tonesInNoise(48_000, 2, 3), 48_000, args, 'ogg'));
    const starts = pageStarts(whole);
    const [third = 0, fourth = 0] = starts.slice(2);
    const last = starts.at(-1) ?? 0;
    const invalid = { code: 'MEDIA_INVALID', detail: /Ogg file is (damaged|cut off)/ };
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(fourth + 400) ^ 1, fourth + 400);
    await assert.rejects(readBytes(flipped), invalid, 'a bit');
    await assert.rejects(readBytes(whole.subarray(0, whole.length - 100)), invalid, 'cut in a page');
    await assert.rejects(readBytes(whole.subarray(0, last)), invalid, 'cut between pages');
    const gap = Buffer.concat([whole.subarray(0, third), whole.subarray(fourth)]);
    await assert.rejects(readBytes(gap), invalid, 'a page is missing');
    const loop = Buffer.concat([whole.subarray(0, fourth), whole.subarray(third, fourth), whole.subarray(fourth)]);
    await assert.rejects(readBytes(loop), invalid, 'a page comes again');
  }
});

test('several recordings in a chain need ffmpeg, and the error says so', async () => {
  const bytes = await readFile(await encodeWithFfmpeg(tonesInNoise(44_100, 2), 44_100, ['-c:a', 'libvorbis'], 'ogg'));
  const needed = { code: 'UNSUPPORTED_MEDIA_TYPE', detail: /chain.*ffmpeg/ };
  await assert.rejects(readBytes(Buffer.concat([bytes, bytes])), needed);
});

test('a file that is none is refused', async () => {
  for (const bytes of [Buffer.from('OggS'), Buffer.alloc(4_096), Buffer.from('OggS\0'.repeat(2_000))]) {
    await assert.rejects(readBytes(bytes), { code: 'MEDIA_INVALID' });
  }
});
