import { Readable } from 'node:stream';
import { deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { ErrorCode } from '#kernel/errors.ts';
import { auxiliaryAlpha, codedItem, gridItem, heicFixture, heif, ispe, overlayItem } from './heif.ts';
import {
  animatedPng,
  blackPng,
  box,
  gif,
  pngChunk,
  pngHeader,
  pngWithProfile,
  solidWebp,
  tiff,
  uint32LE,
  webpWithOverfullCodes,
} from './media-builders.ts';

/** The answer to an upload, or, where the file is accepted, how a job made from it ends. */
export type ExpectedAnswer =
  | { readonly status: 201; readonly job: ErrorCode | 'succeeded' }
  | { readonly status: number; readonly code: ErrorCode };

export interface HostileFile {
  /** Its number in this project's list of hostile input, which several files may share; 0 for what is not in it. */
  readonly row: number;
  readonly title: string;
  readonly fileName: string;
  /** What a client would claim it to be. */
  readonly contentType: string;
  readonly expected: ExpectedAnswer;
  /** A fresh stream of its bytes. */
  open(): Promise<Readable>;
}

type Bytes = Buffer | Readable | Promise<Buffer>;

const pixelLimit = { status: 422, code: 'PIXEL_LIMIT' } as const;
const frameLimit = { status: 422, code: 'FRAME_LIMIT' } as const;
const wrongType = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' } as const;
const jobTooLarge = { status: 201, job: 'RESOURCE_LIMIT' } as const;
const jobInvalid = { status: 201, job: 'MEDIA_INVALID' } as const;
const fine = { status: 201, job: 'succeeded' } as const;

const contentTypes: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  asf: 'video/x-ms-asf',
  aiff: 'audio/aiff',
  bmp: 'image/bmp',
  flac: 'audio/flac',
  gif: 'image/gif',
  heic: 'image/heic',
  ico: 'image/x-icon',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  png: 'image/png',
  svg: 'image/svg+xml',
  tiff: 'image/tiff',
  wav: 'audio/wav',
  webp: 'image/webp',
};

/** Made when asked for, under the default limits: 60 MiB, 100 megapixels, 1,000 frames. */
export const hostileFiles: readonly HostileFile[] = [
  file(1, 'PNG of 30,000 × 30,000', 'bomb.png', pixelLimit, () => blackPng(30_000, 30_000)),
  file(2, 'WebP of 16,383 × 16,383 in 28 bytes', 'bomb.webp', pixelLimit, () => solidWebp(16_383, 16_383)),
  file(3, 'GIF of 10,000 frames', 'bomb.gif', frameLimit, () => gif({ frames: 10_000 })),
  file(4, 'APNG that declares 1,000,000 frames', 'bomb.png', frameLimit, () => animatedPng(1_000_000)),
  file(5, 'TIFF of 65,000 pages', 'bomb.tiff', frameLimit, () => tiff({ pages: 65_000 })),
  file(6, 'HEIC grid of 64,000 pictures', 'bomb.heic', jobTooLarge, heicOfManyTiles),

  file(7, 'PNG whose colour profile unpacks to a gigabyte', 'photo.png', { status: 422, code: 'RESOURCE_LIMIT' }, () =>
    pngWithProfile(2 ** 30),
  ),

  file(12, 'ICO of 23 bytes that claims 4 GB', 'favicon.ico', wrongType, icoClaimingFourGigabytes),
  file(13, 'BMP whose sides overflow', 'photo.bmp', wrongType, bmpWithOverflowingSides),
  file(14, 'GIF cut inside its pixels', 'photo.gif', jobInvalid, () =>
    gif({ frames: 1, screenPx: 20, truncated: true }),
  ),
  file(15, 'TIFF whose pages go round in a circle', 'scan.tiff', jobInvalid, () => tiff({ pages: 3, isCyclic: true })),
  file(16, 'TIFF with a tile larger than the picture', 'scan.tiff', jobInvalid, () =>
    tiff({ pages: 1, widthPx: 8, heightPx: 8, tilePx: 65_536 }),
  ),
  file(17, 'HEIC overlay whose opacity has another depth', 'photo.heic', jobInvalid, heicOverlay),
  file(18, 'WebP with overfull prefix codes', 'photo.webp', jobInvalid, webpWithOverfullCodes),
  ...[10, 50, 99].map((percent) =>
    file(19, `JPEG cut at ${percent} %`, 'photo.jpg', jobInvalid, async () => {
      const whole = await noisyJpeg();
      return whole.subarray(0, Math.floor((whole.length * percent) / 100));
    }),
  ),
  file(20, 'PNG with a wrong checksum', 'photo.png', jobInvalid, pngWithWrongChecksum),
  file(21, 'AVIF without its pixels', 'photo.avif', jobInvalid, avifWithoutPixels),
  file(28, 'nothing', 'empty.jpg', { status: 422, code: 'EMPTY_FILE' }, () => Buffer.alloc(0)),

  text(29, 'HTML called .jpg', 'photo.jpg', '<!DOCTYPE html><script>alert(1)</script>'),
  text(30, 'PDF called .png', 'photo.png', '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>'),
  text(31, 'EPS', 'photo.jpg', '%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file'),
  text(
    31,
    'MVG',
    'photo.png',
    'push graphic-context\nimage over 0,0 0,0 "url(http://127.0.0.1/)"\npop graphic-context\n',
  ),
  file(32, 'VIPS image', 'photo.jpg', wrongType, () =>
    Buffer.concat([Buffer.from('b6a6f208', 'hex'), Buffer.alloc(60)]),
  ),
  file(32, 'MATLAB file', 'photo.tiff', wrongType, () => Buffer.from('MATLAB 5.0 MAT-file, Platform: PCWIN\0\0')),
  text(33, 'playlist called .mp3', 'song.mp3', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'),
  text(34, 'list of files for FFmpeg', 'song.wav', "ffconcat version 1.0\nfile '/etc/passwd'\n"),
  file(35, 'AVI with a playlist inside', 'clip.jpg', wrongType, () =>
    Buffer.concat([Buffer.from('RIFF\x80\0\0\0AVI '), Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n')]),
  ),
  text(36, 'SVG with a script', 'logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  text(
    37,
    'SVG with a link without scheme',
    'logo.png',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
  ),
  text(
    38,
    'SVG that includes a file',
    'logo.svg',
    '<?xml version="1.0"?><svg xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></svg>',
  ),
  text(39, 'SVG with a billion laughs', 'logo.svg', billionLaughs()),
  text(
    40,
    'flat office document',
    'photo.jpg',
    '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
  ),
  file(41, 'PNG that is a ZIP archive too', 'photo.png', fine, async () =>
    Buffer.concat([await smallPicture().png().toBuffer(), zip('payload.html', '<script>alert(1)</script>')]),
  ),
  file(42, 'JPEG with a script for a title', 'photo.jpg', fine, () =>
    smallPicture()
      .withExif({ IFD0: { ImageDescription: '<script>alert(1)</script>' } })
      .jpeg()
      .toBuffer(),
  ),

  file(0, 'HEIC from a phone', 'photo.heic', fine, () => heicFixture('shoe')),
  file(0, 'HEIC cut off', 'photo.heic', jobInvalid, () => heicFixture('shoe').subarray(0, 5_000)),
  file(0, 'HEIC that is its own opacity', 'photo.heic', jobInvalid, heicOfItself),
  file(0, 'HEIC of 65,535 × 65,535', 'photo.heic', pixelLimit, heicOfHugeSize),
  file(0, 'HEIC without anything', 'photo.heic', { status: 422, code: 'MEDIA_INVALID' }, () =>
    box('ftyp', Buffer.from('heic\0\0\0\0mif1heic')),
  ),
  file(0, 'one pixel', 'dot.png', fine, () => blackPng(1, 1)),
  file(0, 'text called .jpg', 'photo.jpg', wrongType, () => Buffer.from('This is not a picture.\n'.repeat(100))),
];

/** Names that a valid file may come with: it is accepted, and the name goes nowhere but on the screen. */
export const hostileNames: readonly { readonly row: number; readonly name: string }[] = [
  { row: 43, name: '../../../etc/cron.d/x' },
  { row: 44, name: '..%2f..%2fx.png' },
  { row: 45, name: '..%252f..%252fx.png' },
  { row: 46, name: 'C:\\windows\\x.png' },
  { row: 47, name: '\\\\server\\share\\x.png' },
  { row: 48, name: 'photo.png\0.exe' },
  { row: 49, name: `${'x'.repeat(4096)}.png` },
  { row: 50, name: 'photo\u202egnp.exe' },
  { row: 51, name: 'photo\r\nSet-Cookie: a=b\r\n.png' },
  { row: 52, name: '.htaccess' },
  { row: 52, name: '-rf' },
  { row: 53, name: 'caf\u00e9.png' },
  { row: 53, name: 'cafe\u0301.png' },
];

/** @param expected under the default limits: 60 MiB, 100 megapixels, 1,000 frames, four hours */
export function file(
  row: number,
  title: string,
  fileName: string,
  expected: ExpectedAnswer,
  make: () => Bytes,
): HostileFile {
  const contentType = contentTypes[fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  const open = async () => {
    const bytes = await make();
    return bytes instanceof Readable ? bytes : Readable.from(chunksOf(bytes));
  };
  return { row, title, fileName, contentType, expected, open };
}

function text(row: number, title: string, fileName: string, content: string): HostileFile {
  return file(row, title, fileName, wrongType, () => Buffer.from(content));
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function smallPicture() {
  return sharp({ create: { width: 64, height: 48, channels: 3, background: '#c63' } });
}

/** Noise does not compress, so a cut at any place falls into the pixels. */
function noisyJpeg(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 320, height: 240, channels: 3, background: '#000', noise } })
    .jpeg()
    .toBuffer();
}

function pngWithWrongChecksum(): Buffer {
  const pixels = pngChunk('IDAT', deflateSync(Buffer.alloc(9 * 8)));
  pixels.writeUInt8(pixels.readUInt8(pixels.length - 1) ^ 0xff, pixels.length - 1);
  return Buffer.concat([pngHeader(8, 8, 0), pixels, pngChunk('IEND', Buffer.alloc(0))]);
}

async function avifWithoutPixels(): Promise<Buffer> {
  const whole = await smallPicture().avif().toBuffer();
  return Buffer.concat([whole.subarray(0, whole.indexOf('mdat') - 4), box('mdat')]);
}

/** The pixels are there once; the rest of the tiles are empty. */
function heicOfManyTiles(): Buffer {
  const tiles = Array.from({ length: 64_000 }, (_, index) => index + 1);
  const tile = codedItem(heicFixture('plain'));
  const items = tiles.map((id) => ({ ...tile, id, data: id === 1 ? tile.data : Buffer.alloc(0) }));
  return heif({ items: [gridItem(250, 256, 9_600, 6_400, tiles, 65_000), ...items] });
}

function heicOverlay(): Buffer {
  const opacity = codedItem(heicFixture('deep'), 2, [auxiliaryAlpha()]);
  const layer = codedItem(heicFixture('plain'), 1);
  return heif({ items: [overlayItem(96, 64, [1]), layer, { ...opacity, refers: { type: 'auxl', to: [1] } }] });
}

function heicOfItself(): Buffer {
  const picture = codedItem(heicFixture('plain'), 1, [auxiliaryAlpha()]);
  return heif({ items: [{ ...picture, refers: { type: 'auxl', to: [1] } }] });
}

function heicOfHugeSize(): Buffer {
  const { properties, ...picture } = codedItem(heicFixture('plain'));
  return heif({ items: [{ ...picture, properties: [...properties.slice(0, 1), ispe(65_535, 65_535)] }] });
}

function icoClaimingFourGigabytes(): Buffer {
  const directory = Buffer.from([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0]);
  return Buffer.concat([directory, uint32LE(0xffffffff), uint32LE(22), Buffer.alloc(1)]);
}

function bmpWithOverflowingSides(): Buffer {
  const header = Buffer.concat([
    uint32LE(0x7fffffff),
    uint32LE(0x7fffffff),
    Buffer.from([1, 0, 32, 0]),
    Buffer.alloc(24),
  ]);
  return Buffer.concat([Buffer.from('BM'), uint32LE(54), uint32LE(0), uint32LE(54), uint32LE(40), header]);
}

function billionLaughs(): string {
  const entities = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">${entities.join('')}]><svg><text>&l9;</text></svg>`;
}

/** One file in a ZIP archive, without checksum: readers list it all the same. */
function zip(name: string, content: string): Buffer {
  const data = deflateRawSync(content);
  const common = Buffer.concat([
    Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]),
    uint32LE(0),
    uint32LE(data.length),
    uint32LE(content.length),
    Buffer.from([name.length, 0, 0, 0]),
  ]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\0', 'latin1'),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = [
    Buffer.from('PK\x05\x06\0\0\0\0\x01\0\x01\0', 'latin1'),
    uint32LE(central.length),
    uint32LE(local.length),
  ];
  return Buffer.concat([local, central, ...end, Buffer.alloc(2)]);
}
