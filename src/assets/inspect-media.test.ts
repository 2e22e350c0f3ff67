import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import { clap, codedItem, gridItem, heicFixture, heif, imir, irot, ispe } from '../../test/support/heif.ts';
import { isCode } from '../../test/support/is-code.ts';
import { animatedPng, blackPng, box, gif, pngHeader, solidWebp, tiff } from '../../test/support/media-builders.ts';
import { MemoryFile } from '../../test/support/memory-file.ts';
import { inspectMedia } from './inspect-media.ts';

const limits = { maxPixels: 100_000_000, maxFrames: 1000, maxDurationSeconds: 14_400 };

function inspect(bytes: Buffer, limit: Partial<typeof limits> = {}) {
  return inspectMedia(new MemoryFile(bytes), bytes.length, { ...limits, ...limit });
}

const photo = () => sharp({ create: { width: 61, height: 47, channels: 3, background: '#c63' } });
const withAlpha = () => sharp({ create: { width: 61, height: 47, channels: 4, background: '#c638' } });
const frames = async () => {
  const colors = ['#f00', '#0f0', '#00f', '#ff0', '#0ff'];
  const images = colors.map((background) => ({ create: { width: 33, height: 21, channels: 4 as const, background } }));
  const pngs = await Promise.all(images.map((image) => sharp(image).png().toBuffer()));
  return sharp(pngs, { join: { animated: true } });
};

const files: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  'JPEG, baseline': () => photo().jpeg().toBuffer(),
  'JPEG, progressive': () => photo().jpeg({ progressive: true }).toBuffer(),
  'JPEG, grey': () => photo().greyscale().jpeg().toBuffer(),
  'JPEG, CMYK': () => photo().toColourspace('cmyk').jpeg().toBuffer(),
  'JPEG, rotated by EXIF': () => photo().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  'JPEG with ICC profile, XMP and EXIF': () =>
    photo()
      .withIccProfile('p3')
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${' '.repeat(50_000)}</x:xmpmeta>`)
      .withExif({ IFD0: { ImageDescription: 'x'.repeat(5000) } })
      .jpeg()
      .toBuffer(),
  'PNG, 8 bits': () => photo().png().toBuffer(),
  'PNG with a colour profile': () => photo().withIccProfile('p3').png().toBuffer(),
  'PNG, 16 bits': () => photo().toColourspace('rgb16').png().toBuffer(),
  'PNG, palette': () => withAlpha().png({ palette: true }).toBuffer(),
  'PNG, interlaced': () => withAlpha().png({ progressive: true }).toBuffer(),
  'GIF, still': () => photo().gif().toBuffer(),
  'GIF, animated': async () => (await frames()).gif().toBuffer(),
  'GIF with a frame larger than its screen': () => gif({ frames: 3, screenPx: 10, framePx: 30 }),
  'WebP, lossy': () => photo().webp().toBuffer(),
  'WebP, lossless': () => photo().webp({ lossless: true }).toBuffer(),
  'WebP with alpha': () => withAlpha().webp().toBuffer(),
  'WebP, animated': async () => (await frames()).webp().toBuffer(),
  'TIFF, JPEG inside': () => photo().tiff({ compression: 'jpeg' }).toBuffer(),
  'TIFF, tiled pyramid': () => photo().tiff({ tile: true, pyramid: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  'TIFF, 16 bits': () => photo().toColourspace('rgb16').tiff({ compression: 'deflate' }).toBuffer(),
  'TIFF, BigTIFF': () => photo().tiff({ bigtiff: true }).toBuffer(),
  'TIFF, several pages': () => tiff({ pages: 7, widthPx: 5, heightPx: 9 }),
  'TIFF, several pages, big endian': () => tiff({ pages: 7, widthPx: 5, heightPx: 9, layout: 'MM' }),
  'TIFF, several pages, BigTIFF': () => tiff({ pages: 7, widthPx: 5, heightPx: 9, isBig: true }),
  AVIF: () => photo().avif({ effort: 0 }).toBuffer(),
  'AVIF with alpha': () => withAlpha().avif({ effort: 0 }).toBuffer(),
};

describe('type, size and frames are those that libvips sees', () => {
  for (const [name, make] of Object.entries(files)) {
    test(name, async () => {
      const bytes = await make();
      const seen = await sharp(bytes).metadata();
      const format = seen.format === 'heif' ? 'avif' : seen.format;
      assert.deepEqual(await inspect(bytes), {
        mediaType: `image/${format}`,
        sizeBytes: bytes.length,
        widthPx: seen.width,
        heightPx: seen.height,
        frames: seen.pages ?? 1,
      });
    });
  }
});

// Sizes in closed form: the drawing has 96 × 64 pixels.
const heicFiles: Readonly<Record<string, readonly [bytes: Buffer, widthPx: number, heightPx: number]>> = {
  'as the encoder wrote it': [heicFixture('plain'), 96, 64],
  'with opacity': [heicFixture('alpha'), 96, 64],
  '10 bits': [heicFixture('deep'), 96, 64],
  'turned by a quarter': [heif({ items: [plain([irot(1)])] }), 64, 96],
  'turned by half': [heif({ items: [plain([irot(2)])] }), 96, 64],
  'mirrored and turned': [heif({ items: [plain([imir(0), irot(3)])] }), 64, 96],
  'cropped, then turned': [heif({ items: [plain([clap(40, 20, -20, -10), irot(1)])] }), 20, 40],
  'in four tiles': [
    heif({ items: [gridItem(2, 2, 180, 120, [1, 2, 3, 4]), ...[1, 2, 3, 4].map((id) => plain([], id))] }),
    180,
    120,
  ],
  'not the first of its pictures': [
    heif({ items: [codedItem(heicFixture('shoe'), 1), plain([], 2)], primary: 2 }),
    96,
    64,
  ],
};
describe('HEIC: the size at which the primary picture is shown', () => {
  for (const [name, [bytes, widthPx, heightPx]] of Object.entries(heicFiles)) {
    test(name, async () => {
      assert.deepEqual(await inspect(bytes), {
        mediaType: 'image/heic',
        sizeBytes: bytes.length,
        widthPx,
        heightPx,
        frames: 1,
      });
    });
  }
});

test('the frames of an animated PNG are those that it declares', async () => {
  const { frames } = await inspect(animatedPng(12));
  assert.equal(frames, 12);
});

describe('limits', () => {
  test('pixels are counted on one frame', async () => {
    assert.equal((await inspect(blackPng(10, 10), { maxPixels: 100 })).widthPx, 10);
    await assert.rejects(inspect(blackPng(10, 11), { maxPixels: 100 }), isCode('PIXEL_LIMIT'));
    assert.equal((await inspect(gif({ frames: 50, screenPx: 10 }), { maxPixels: 100 })).frames, 50);
  });

  test('sides that no number of pixels could have are refused, not overflowed', async () => {
    const widest = Buffer.concat([pngHeader(0xffffffff, 0xffffffff, 2), Buffer.alloc(20)]);
    await assert.rejects(inspect(widest), isCode('PIXEL_LIMIT'));
    await assert.rejects(inspect(solidWebp(16_384, 16_384)), isCode('PIXEL_LIMIT'));
  });

  test('of a HEIC count the largest picture that decoding meets, shown or not', async () => {
    const huge = ispe(0xffffffff, 0xffffffff);
    const [configuration = huge] = plain().properties;
    const files = {
      primary: heif({ items: [{ ...plain(), properties: [configuration, huge] }] }),
      'cropped off': heif({ items: [{ ...plain(), properties: [configuration, huge, clap(9, 9, 0, 0)] }] }),
      tile: heif({ items: [gridItem(1, 1, 9, 9, [1]), { ...plain(), properties: [configuration, huge] }] }),
    };
    for (const [name, bytes] of Object.entries(files))
      await assert.rejects(inspect(bytes), isCode('PIXEL_LIMIT'), name);
    assert.equal((await inspect(heicFixture('plain'), { maxPixels: 96 * 64 })).widthPx, 96);
    await assert.rejects(inspect(heicFixture('plain'), { maxPixels: 96 * 64 - 1 }), isCode('PIXEL_LIMIT'));
  });

  test('frames are counted up to the limit', async () => {
    for (const make of [
      (frames: number) => gif({ frames }),
      animatedPng,
      (pages: number) => tiff({ pages }),
      (pages: number) => tiff({ pages, isBig: true, layout: 'MM' }),
    ]) {
      assert.equal((await inspect(make(20), { maxFrames: 20 })).frames, 20);
      await assert.rejects(inspect(make(21), { maxFrames: 20 }), isCode('FRAME_LIMIT'));
    }
    assert.equal((await inspect(gif({ frames: 60_000 }), { maxFrames: 100_000 })).frames, 60_000);
    const animation = await (await frames()).webp().toBuffer();
    await assert.rejects(inspect(animation, { maxFrames: 4 }), isCode('FRAME_LIMIT'));
  });

  test('pages that go round in a circle are counted once', async () => {
    assert.equal((await inspect(tiff({ pages: 5, isCyclic: true }))).frames, 5);
  });
});

test('a header without a usable size is MEDIA_INVALID', async () => {
  const jpeg = await photo().jpeg().toBuffer();
  const frameHeader = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const cut = {
    'JPEG before its frame header': jpeg.subarray(0, frameHeader),
    'JPEG inside its frame header': jpeg.subarray(0, frameHeader + 6),
    'JPEG without a frame header': Buffer.concat([jpeg.subarray(0, frameHeader), Buffer.from([0xff, 0xd9])]),
    'PNG inside its header': blackPng(5, 5).subarray(0, 20),
    'PNG of no width': blackPng(0, 5),
    'GIF inside its header': gif({ frames: 1 }).subarray(0, 9),
    'WebP inside its header': solidWebp(5, 5).subarray(0, 18),
    'TIFF inside its header': tiff({ pages: 1 }).subarray(0, 6),
    'TIFF without its directory': tiff({ pages: 1 }).subarray(0, 20),
    'TIFF with its directory beyond any file': Buffer.from('II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1'),
    'HEIC without properties': box('ftyp', Buffer.from('heic\0\0\0\0heicmif1')),
    'HEIC cut inside its properties': heicFixture('plain').subarray(0, 200),
    'HEIC whose primary picture is not there': heif({ items: [plain()], primary: 9 }),
    'HEIC whose primary picture has no size': heif({ items: [{ ...plain(), properties: [] }] }),
    'HEIC cropped to more than it has': heif({ items: [plain([clap(97, 64, 0, 0)])] }),
    'HEIC cropped to nothing': heif({ items: [plain([clap(0, 64, 0, 0)])] }),
    'AVIF without properties': box('ftyp', Buffer.from('avif\0\0\0\0avifmif1')),
  };
  for (const [name, bytes] of Object.entries(cut)) await assert.rejects(inspect(bytes), isCode('MEDIA_INVALID'), name);
});

describe('files of 60 MiB built to keep a parser busy cost little', () => {
  const webpHead = Buffer.from('RIFF\xff\xff\xff\x03WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0', 'latin1');
  const avifHead = Buffer.concat([box('ftyp', Buffer.from('avif\0\0\0\0avif'))]);
  const mazes: Readonly<Record<string, { head: Buffer; filler: Buffer }>> = {
    'GIF of one-byte blocks': {
      head: gif({ frames: 1, truncated: true }).subarray(0, -2),
      filler: Buffer.from([1, 1]),
    },
    'GIF of empty extensions': { head: gif({ frames: 1 }).subarray(0, -1), filler: Buffer.from([0x21, 0xfe, 0]) },
    'JPEG of fill bytes': { head: Buffer.from([0xff, 0xd8]), filler: Buffer.from([0xff]) },
    'JPEG of nothing': { head: Buffer.from([0xff, 0xd8, 0xff]), filler: Buffer.from([0]) },
    'JPEG of empty segments': { head: Buffer.from([0xff, 0xd8]), filler: Buffer.from([0xff, 0xe0, 0, 2]) },
    'JPEG of restart markers': { head: Buffer.from([0xff, 0xd8]), filler: Buffer.from([0xff, 0xd0]) },
    'PNG of empty chunks': { head: pngHeader(1, 1, 0), filler: Buffer.from('\0\0\0\0tEXt\0\0\0\0') },
    'WebP of empty chunks': { head: webpHead, filler: Buffer.from('JUNK\0\0\0\0') },
    'HEIC of empty properties': { head: heicUpTo('ipco'), filler: Buffer.from('\0\0\0\x08ispe') },
    'HEIC of associations without end': {
      head: Buffer.concat([heicUpTo('ipma'), Buffer.from('\0\0\0\0\xff\xff\xff\xff', 'latin1')]),
      filler: Buffer.from([0, 1, 0]),
    },
    'AVIF of empty boxes': { head: avifHead, filler: Buffer.from('\0\0\0\x08free') },
    'TIFF of one huge directory': {
      head: Buffer.from('II*\0\x08\0\0\0\xff\xff', 'latin1'),
      filler: Buffer.from('\x03\x01\x04\0\x01\0\0\0\x01\0\0\0', 'latin1'),
    },
  };
  const sizeBytes = 60 * mebibyte;
  for (const [name, { head, filler }] of Object.entries(mazes)) {
    test(name, async () => {
      const file = new MemoryFile(head, { filler, sizeBytes });
      const startedAt = process.cpuUsage();
      await inspectMedia(file, sizeBytes, limits).catch((error: unknown) => assert.ok(error instanceof AppError));
      const { user } = process.cpuUsage(startedAt);
      assert.ok(user < 2_000_000, `${user / 1000} ms`);
      assert.ok(file.bytesRead <= sizeBytes + 17 * mebibyte, `${file.bytesRead} bytes read`);
    });
  }
});

/** The drawing, as an item of another file. */
function plain(properties: readonly Buffer[] = [], id = 1) {
  return codedItem(heicFixture('plain'), id, properties);
}

/** A HEIC up to the content of one of its last boxes; that and all around it go on to the end of the file. */
function heicUpTo(type: 'ipco' | 'ipma'): Buffer {
  const bytes = heif({ items: [plain()], primary: 65_535 });
  for (const open of ['meta', 'iprp', type]) bytes.writeUInt32BE(0x7fffffff, bytes.indexOf(open) - 4);
  return bytes.subarray(0, bytes.indexOf(type) + 4);
}
