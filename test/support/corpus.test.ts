import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { decodeHeif } from '#processors/shared/image/heif/decode-heif.ts';
import { hostileFiles } from './corpus.ts';
import { blackPng, gif, solidWebp, tiff } from './media-builders.ts';

// The corpus is only worth something if its files are what they claim: an independent decoder says so.

const decode = async (bytes: Buffer) => {
  const isHeic = bytes.toString('latin1', 4, 12) === 'ftypheic';
  const readable = isHeic ? decodeHeif(bytes) : bytes;
  return await sharp(readable, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
};

describe('files that a job must find damaged', () => {
  for (const { title, expected, open } of hostileFiles) {
    if (!('job' in expected) || expected.job !== 'MEDIA_INVALID') continue;
    test(title, async () => {
      await assert.rejects(async () => decode(await buffer(await open())));
    });
  }
});

describe('files that only look dangerous', () => {
  for (const { title, expected, open } of hostileFiles) {
    if (!('job' in expected) || expected.job !== 'succeeded') continue;
    test(title, async () => {
      const { info } = await decode(await buffer(await open()));
      assert.ok(info.width > 0);
    });
  }
});

test('bombs are valid files of their format: small ones decode', async () => {
  for (const bytes of [blackPng(600, 700), solidWebp(600, 700), tiff({ pages: 2, widthPx: 600, heightPx: 700 })]) {
    const { info } = await decode(bytes);
    assert.deepEqual([info.width, info.height], [600, 700]);
  }
  const { pages } = await sharp(gif({ frames: 30 })).metadata();
  assert.equal(pages, 30);
});
