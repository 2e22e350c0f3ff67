import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import { audioFile, encodeWithFfmpeg, ffmpeg } from '../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../test/support/audio/synthesise.ts';
import { clap, codedItem, heicFixture, heif, irot } from '../../test/support/heif.ts';
import { animatedPng, blackPng, box, gif, solidWebp, tiff } from '../../test/support/media-builders.ts';
import { MemoryFile } from '../../test/support/memory-file.ts';
import { inspectMedia } from './inspect-media.ts';
import { acceptedMediaTypes } from './media-type.ts';

const limits = { maxPixels: 100_000_000, maxFrames: 50, maxDurationSeconds: 1 };

/** Whatever the bytes: an answer within the limits or an AppError, at a bounded price. */
async function staysInBounds(bytes: Buffer): Promise<string> {
  const file = new MemoryFile(bytes);
  const startedAt = process.cpuUsage();
  const answer = await inspectMedia(file, bytes.length, limits).catch((error: unknown) => error);
  assert.ok(process.cpuUsage(startedAt).user < 1_000_000, 'took longer than a second');
  assert.ok(file.bytesRead <= bytes.length + 17 * mebibyte, `read ${file.bytesRead} bytes`);
  if (answer instanceof AppError) return answer.code;
  if (answer instanceof Error) throw answer;
  const { mediaType, widthPx, heightPx, frames, durationSeconds } = answer as Awaited<ReturnType<typeof inspectMedia>>;
  assert.ok(acceptedMediaTypes.some((accepted) => accepted === mediaType));
  if (mediaType.startsWith('audio/')) {
    assert.ok(Number(durationSeconds) > 0 && Number(durationSeconds) <= limits.maxDurationSeconds);
    return 'a recording';
  }
  for (const count of [widthPx, heightPx, frames]) assert.ok(Number.isSafeInteger(count) && Number(count) >= 1);
  assert.ok(Number(widthPx) * Number(heightPx) <= limits.maxPixels && Number(frames) <= limits.maxFrames);
  return 'accepted';
}

const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#c63' } });
const seeds: readonly Buffer[] = await Promise.all([
  picture
    .clone()
    .jpeg({ progressive: true })
    .withExif({ IFD0: { Artist: 'x' } })
    .toBuffer(),
  picture.clone().png().toBuffer(),
  picture.clone().webp().toBuffer(),
  picture.clone().webp({ lossless: true }).toBuffer(),
  picture.clone().tiff().toBuffer(),
  picture.clone().avif({ effort: 0 }).toBuffer(),
  picture.clone().gif().toBuffer(),
  heicFixture('alpha'),
  heif({ items: [codedItem(heicFixture('plain'), 1, [clap(40, 20, 0, 0), irot(1)])] }),
  ...[animatedPng(9), blackPng(7, 7), gif({ frames: 9 }), solidWebp(9, 9)],
  ...[tiff({ pages: 9 }), tiff({ pages: 9, isBig: true, layout: 'MM' }), tiff({ pages: 9, isCyclic: true })],
]);

const wav = await encodeWithFfmpeg(synthesise(8_000, 0.4, [[{ toneHz: 440, amplitude: 0.5 }]]), 8_000, [], 'wav');
const sounds = await Promise.all(
  ['wav', 'aiff', 'flac', 'mp3', 'm4a', 'aac', 'ogg', 'opus', 'webm', 'caf'].map(async (extension) => {
    const path = audioFile(extension);
    await ffmpeg('-i', wav, '-ar', '48000', ...(extension === 'ogg' ? ['-c:a', 'libvorbis'] : []), path);
    return await readFile(path);
  }),
);

const seed = fc.constantFrom(...seeds, ...sounds);
const heads = [
  'ID3\x04\0\0\0\0\0\x02',
  '\xff\xfb\x90\x44',
  'RIFF\0\0\0\0WAVEfmt ',
  'FORM\0\0\0\0AIFCCOMM',
  'fLaC\0\0\0\x22',
  'OggS\0\x02',
  '\x1a\x45\xdf\xa3\x80',
  'caff\0\x01\0\0desc',
  '\xff\xd8\xff',
  '\x89PNG\r\n\x1a\n',
  'GIF89a',
  'RIFF\0\0\0\0WEBP',
  'RIFF\0\0\0\0WEBPVP8X',
  'II*\0',
  'MM\0+\0\x08\0\0',
];
const brands = ['avif', 'heic', 'M4A '].map((brand) => box('ftyp', Buffer.from(`${brand}\0\0\0\0`)));
const starts = [...heads.map((head) => Buffer.from(head, 'latin1')), ...brands];

test('random bytes', async () => {
  const start = fc.constantFrom(Buffer.alloc(0), ...starts);
  const bytes = fc.tuple(start, fc.uint8Array({ maxLength: 2000 })).map((parts) => Buffer.concat(parts));
  await fc.assert(
    fc.asyncProperty(bytes, async (input) => void (await staysInBounds(input))),
    { numRuns: 1500 },
  );
});

test('valid files with bytes changed', async () => {
  const edit = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xfe, 0xff));
  const answers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(seed, fc.array(edit, { minLength: 1, maxLength: 12 }), async (original, edits) => {
      const bytes = Buffer.from(original);
      // Most of them where headers are.
      for (const [place, value] of edits)
        bytes[place % (place % 4 === 0 ? bytes.length : Math.min(200, bytes.length))] = value;
      answers.add(await staysInBounds(bytes));
    }),
    { numRuns: 4000 },
  );
  // The changes reach every answer that a probe can give: the property is not kept by refusing all.
  for (const answer of [
    'accepted',
    'a recording',
    'DURATION_LIMIT',
    'MEDIA_INVALID',
    'PIXEL_LIMIT',
    'FRAME_LIMIT',
    'UNSUPPORTED_MEDIA_TYPE',
  ]) {
    assert.ok(answers.has(answer), `no file was answered with ${answer}`);
  }
});

test('valid files cut, repeated and put together', async () => {
  const slice = fc
    .tuple(seed, fc.nat(), fc.nat())
    .map(([bytes, a, b]) => bytes.subarray(a % bytes.length, (a % bytes.length) + (b % bytes.length)));
  const tail = fc.array(slice, { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(seed, fc.nat(), tail, async (first, cut, rest) => {
      await staysInBounds(Buffer.concat([first.subarray(0, cut % (first.length + 1)), ...rest]));
    }),
    { numRuns: 2000 },
  );
});

test('what follows a valid file changes nothing', async () => {
  for (const original of [...seeds, ...sounds]) {
    const alone = await inspectMedia(new MemoryFile(original), original.length, limits);
    const tailed = Buffer.concat([original, Buffer.from('PK\x03\x04 and more')]);
    const answer = await inspectMedia(new MemoryFile(tailed), tailed.length, limits);
    assert.deepEqual({ ...answer, sizeBytes: 0 }, { ...alone, sizeBytes: 0 });
  }
});
