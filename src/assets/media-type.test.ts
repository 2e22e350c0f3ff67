import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAccepted, recognise } from './media-type.ts';

// Signatures as their formats' specifications give them, with the name that people get to read.
const cases: readonly (readonly [bytes: string, mediaType: string | undefined, name: RegExp])[] = [
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg', /JPEG/],
  ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png', /PNG/],
  ['GIF87a\x01\0', 'image/gif', /GIF/],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp', /WebP/],
  ['MM\0*\0\0\0\x08', 'image/tiff', /TIFF/],
  ['II+\0\x08\0\0\0', 'image/tiff', /TIFF/],
  ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'image/avif', /AVIF/],
  ['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'image/avif', /AVIF/],
  ['\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf', 'image/heic', /HEIC/],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'image/heic', /HEIC/],
  ['\0\0\0\x14ftypmif1\0\0\0\0mif1', 'image/heif', /HEIF/],
  ['\0\0\0\x18ftypM4A \0\0\0\0M4A isom', 'audio/mp4', /MP4/],
  ['\0\0\0\x18ftypisom\0\0\0\0isommp42', 'audio/mp4', /MP4/],
  ['RIFF\x10\0\0\0WAVEfmt ', 'audio/wav', /WAV/],
  ['RF64\xff\xff\xff\xffWAVEds64', 'audio/wav', /WAV/],
  ['FORM\0\0\0\x10AIFC', 'audio/aiff', /AIFF/],
  ['fLaC\0\0\0\x22', 'audio/flac', /FLAC/],
  ['OggS\0\x02', 'audio/ogg', /Ogg/],
  ['ID3\x04\0\0', 'audio/mpeg', /MP3/],
  ['\xff\xfb\x90\x44', 'audio/mpeg', /MP3/],
  ['\xff\xf3\x40\xc4', 'audio/mpeg', /MP3/],
  ['\xff\xfd\xa4\0', 'audio/mpeg', /MP3/],
  ['\xff\xfb\xf0\x44\0\0\0\0', undefined, /does not know/],
  [`\xff\xfb\x90\x44${'\0'.repeat(413)}\xff\xfb\x92\x44${'\0'.repeat(414)}`, 'audio/mpeg', /MP3/],
  [`\xff\xfb\x90\x44${'\0'.repeat(413)}no other frame`, undefined, /does not know/],
  [`\xff\xf1\x50\x80\x01\x1f\xfc\0`.repeat(3), 'audio/aac', /AAC/],
  [`\xff\xf1\x50\x80\x01\x1f\xfc\0and no other frame`, undefined, /does not know/],
  ['\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01', 'audio/matroska', /Matroska/],
  ['caff\0\x01\0\0desc', 'audio/x-caf', /CAF/],
  ['RIFF\x80\0\0\0AVI LIST', undefined, /AVI/],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c', undefined, /ASF/],
  ['BM\x36\0\0\0\0\0\0\0', undefined, /BMP/],
  ['\0\0\x01\0\x01\0', undefined, /ICO/],
  ['%PDF-1.7', undefined, /PDF/],
  ['PK\x03\x04\x14\0', undefined, /ZIP/],
  ['\x1f\x8b\x08\0', undefined, /gzip/],
  ['<?xml version="1.0"?>\n<!-- x --><svg xmlns="">', undefined, /SVG/],
  ['\n <!doctype HTML>', undefined, /HTML/],
  ['#EXTM3U\n', undefined, /m3u8/],
  ['\xff\xfe<\0s\0v\0g\0', undefined, /text/],
  ['dear diary\n', undefined, /text/],
  ['\x01\x02\x03\x04\x05', undefined, /does not know/],
  ['RIFF', undefined, /text/],
];

test('files are named by their content', () => {
  for (const [bytes, mediaType, name] of cases) {
    const recognised = recognise(Buffer.from(bytes, 'latin1'));
    assert.equal(recognised.mediaType, mediaType, JSON.stringify(bytes));
    assert.match(recognised.name, name);
  }
});

test('HEIF of unknown content is recognised, but not accepted', () => {
  for (const mediaType of ['image/heif', 'video/mp4', undefined]) assert.equal(isAccepted(mediaType), false);
  for (const mediaType of ['image/jpeg', 'image/heic', 'audio/wav', 'audio/mpeg']) {
    assert.equal(isAccepted(mediaType), true);
  }
});
