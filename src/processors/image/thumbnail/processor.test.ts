import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { heicFixture } from '../../../../test/support/heif.ts';
import { processor } from './processor.ts';
import { settingsOf } from './settings.ts';
import { at, completed, plain, type Said, thumbnailOf } from './test-thumbnail.ts';

const input = { mediaType: 'image/jpeg', sizeBytes: 1, widthPx: 3_000, heightPx: 2_000 };
const needsOf = (said: Said, inputs: number) => processor.needs?.(completed(said), Array(inputs).fill(input));

describe('what is needed first', () => {
  it('is the mask of each product that is to be cut out and has none painted', () => {
    const products = [{ input: 1, quality: 'best' }, { input: 0, cutout: false }, { input: 2, mask: 3 }, {}];
    assert.deepEqual(needsOf({ products }, 4), [
      { processor: 'image.mask', params: { quality: 'best', model: 'isnet' }, input: 1 },
      { processor: 'image.mask', params: { quality: 'auto', model: 'isnet' }, input: 0 },
    ]);
  });

  it('is asked for only when every input that is named is there', () => {
    const wrong: [Said, string, number][] = [
      [{ products: [{}, { input: 2 }] }, 'products.1.input', 2],
      [{ products: [{ mask: 5 }] }, 'products.0.mask', 5],
      [{ background: { kind: 'image', input: 2 } }, 'background.input', 2],
      [{ logos: [{ input: 0 }, { input: 9 }] }, 'logos.1.input', 9],
    ];
    for (const [said, parameter, index] of wrong) {
      assert.throws(
        () => needsOf(said, 2),
        (error) => {
          assert.ok(error instanceof AppError && error.code === 'INVALID_PARAMETERS');
          assert.equal(error.extensions['parameter'], parameter);
          assert.match(error.detail, new RegExp(`"${parameter}" names input ${index}, but only 2 were given`));
          return true;
        },
      );
    }
  });
});

describe('what is said', () => {
  it('wins over the preset, which wins over what is usual', () => {
    const usual = settingsOf(completed({}));
    assert.deepEqual([usual.widthPx, usual.heightPx, usual.format, usual.maxBytes], [1_200, 1_200, 'jpeg', undefined]);
    assert.deepEqual(usual.background, { kind: 'colour', colour: '#ffffff' });
    const preset = settingsOf(completed({ preset: 'pinterest' }));
    assert.deepEqual([preset.widthPx, preset.heightPx, preset.maxBytes], [1_000, 1_500, 10_000_000]);
    const said = completed({
      preset: 'pinterest',
      canvas: { widthPx: 500 },
      background: { kind: 'transparent' },
      output: { format: 'png', maxBytes: 5_000 },
    });
    const own = settingsOf(said);
    assert.deepEqual([own.widthPx, own.heightPx, own.format, own.maxBytes], [500, 1_500, 'png', 5_000]);
    assert.deepEqual(own.background, { kind: 'transparent' });
  });

  it('costs as much memory as the canvas and the pictures are large', () => {
    const cost = (said: Said, inputs = 1) => processor.estimate(Array(inputs).fill(input), completed(said)).memoryBytes;
    // The canvas and one layer, at the very least.
    assert.ok(cost({ canvas: { widthPx: 4_000, heightPx: 4_000 } }) > cost({ canvas: { widthPx: 400 } }) + 15.8e6 * 7);
    assert.ok(cost({}, 4) > cost({}, 1));
  });
});

describe('a background', () => {
  const canvas = { widthPx: 40, heightPx: 20 };
  const backed = async (background: Said, files: Buffer[]) => {
    const products = [{ cutout: false, scalePercent: 5, offsetXPercent: 200 }];
    return (await thumbnailOf(files, { canvas, output: { format: 'png' }, products, background })).picture;
  };

  it('of a picture covers the canvas, is seen whole, or is repeated', async () => {
    const photo = await plain(10, 10, '#00ff00');
    const backdrop = await plain(10, 10, '#0000ff');
    const image = (fit: string) => backed({ kind: 'image', input: 1, fit, colour: '#ff0000' }, [photo, backdrop]);
    const [cover, contain, tile] = [await image('cover'), await image('contain'), await image('tile')];
    for (const picture of [cover, tile]) assert.deepEqual(at(picture, 0, 0), [0, 0, 255]);
    assert.deepEqual(
      [at(contain, 9, 10), at(contain, 10, 10), at(contain, 29, 10), at(contain, 30, 10)],
      [
        [255, 0, 0],
        [0, 0, 255],
        [0, 0, 255],
        [255, 0, 0],
      ],
    );
    assert.deepEqual(at(tile, 39, 19), [0, 0, 255]);
  });

  it('of one pixel is repeated over a large canvas at once', async () => {
    const files = [await plain(10, 10, '#00ff00'), await plain(1, 1, '#123456')];
    const said = { canvas: { widthPx: 2_000, heightPx: 2_000 }, background: { kind: 'image', input: 1, fit: 'tile' } };
    const { picture } = await thumbnailOf(files, {
      ...said,
      output: { format: 'png' },
      products: [{ cutout: false, scalePercent: 5 }],
    });
    assert.deepEqual(
      [at(picture, 0, 0), at(picture, 1_999, 1_999)],
      [
        [0x12, 0x34, 0x56],
        [0x12, 0x34, 0x56],
      ],
    );
  });

  it('that is transparent is white in a JPEG', async () => {
    const said = { canvas, background: { kind: 'transparent' }, products: [{ cutout: false, offsetXPercent: 200 }] };
    const { picture, mediaType } = await thumbnailOf([await plain(10, 10, '#00ff00')], said);
    assert.deepEqual([mediaType, at(picture, 5, 5)], ['image/jpeg', [255, 255, 255]]);
  });

  it('of the original is the photograph, blurred', async () => {
    const picture = await backed({ kind: 'original', blurPercent: 10 }, [await plain(30, 30, '#804020')]);
    assert.deepEqual(at(picture, 3, 3), [0x80, 0x40, 0x20]);
  });
});

it('takes HEIC from a phone as product and as background', async () => {
  const heic = heicFixture('shoe');
  const said = {
    canvas: { widthPx: 200, heightPx: 150 },
    background: { kind: 'image', input: 0 },
    products: [{ cutout: false, scalePercent: 50 }],
  };
  const { picture } = await thumbnailOf([heic], said);
  assert.deepEqual([picture.widthPx, picture.heightPx], [200, 150]);
});

it('says that a damaged picture is damaged', async () => {
  const cut = (await plain(300, 300, '#804020')).subarray(0, 200);
  await assert.rejects(
    thumbnailOf([cut], { products: [{ cutout: false }] }),
    (error) => error instanceof AppError && error.code === 'MEDIA_INVALID',
  );
});
