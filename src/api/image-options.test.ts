import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#kernel/errors.ts';
import { formatImageOptions, type ImageOptions, parseImageOptions } from './image-options.ts';

const side = fc.integer({ min: 1, max: 10_000 });
const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const options: fc.Arbitrary<ImageOptions> = fc
  .record(
    {
      widthPx: side,
      heightPx: side,
      fit: fc.constantFrom('cover', 'contain', 'fill', 'inside', 'outside'),
      format: fc.constantFrom('keep', 'jpeg', 'png', 'webp', 'avif', 'auto'),
      compression: fc.integer({ min: 1, max: 100 }),
      focalXPercent: percent,
      focalYPercent: percent,
      background: fc.oneof(
        fc.constant('transparent'),
        fc.integer({ min: 0, max: 0xffffff }).map((rgb) => `#${rgb.toString(16).padStart(6, '0')}`),
      ),
      enlarge: fc.constant(true),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((some) => Object.keys(some).length > 0) as fc.Arbitrary<ImageOptions>;

test('what is written is read back, in whatever order it stands', () => {
  fc.assert(
    fc.property(options, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (asked, random) => {
      const text = formatImageOptions(asked);
      assert.deepEqual(parseImageOptions(text), asked);
      const shuffled = text
        .split(',')
        .map((part) => [random.next().value, part] as const)
        .sort(([a], [b]) => a - b)
        .map(([, part]) => part)
        .join(',');
      assert.deepEqual(parseImageOptions(shuffled), asked);
      assert.equal(formatImageOptions(parseImageOptions(shuffled)), text);
      // It goes into an address as it is.
      assert.equal(encodeURI(text), text);
      assert.ok(!/[/?#]/.test(text));
    }),
  );
});

test('what need not be said is not said, and an address has no empty part', () => {
  assert.equal(formatImageOptions({ widthPx: 512, enlarge: false }), 'w:512');
  assert.equal(formatImageOptions({}), 'f:keep');
  assert.equal(formatImageOptions({ enlarge: false }), 'f:keep');
  assert.equal(formatImageOptions({ background: '#FF8800', focalXPercent: 33.333 }), 'fx:33.33,bg:ff8800');
});

test('anything else is refused by name', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /no option ""/],
    ['w', /w must be a whole number/],
    ['w:', /w must be/],
    ['w:0', /from 1 to 10000/],
    ['w:10001', /from 1 to 10000/],
    ['w:1e3', /w must be/],
    ['w:0512', /w must be/],
    ['w:-5', /w must be/],
    ['w:5.5', /w must be/],
    ['w:512,', /no option ""/],
    ['w:512,w:512', /w is given twice/],
    ['w:512, h:5', /no option " h"/],
    ['width:512', /no option "width"; .*|no option "width"/],
    ['q:101', /q must be/],
    ['fit:crop', /fit must be one of cover/],
    ['f:gif', /f must be one of keep/],
    ['f:webp:x', /f must be/],
    ['fx:100.01', /fx must be/],
    ['fx:33.333', /at most two decimals/],
    ['bg:white', /six digits/],
    ['bg:FF8800', /six digits/],
    ['e:0', /e must be 1/],
    ['__proto__:1', /no option/],
    ['w:١٢', /w must be/],
  ];
  for (const [text, words] of wrong) {
    assert.throws(
      () => parseImageOptions(text),
      (error: unknown) => error instanceof AppError && error.code === 'INVALID_PARAMETERS' && words.test(error.detail),
      text,
    );
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        // What is accepted is one of the texts for these options.
        assert.deepEqual(parseImageOptions(formatImageOptions(parseImageOptions(text))), parseImageOptions(text));
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'INVALID_PARAMETERS' && error.detail.length < 400);
      }
    }),
  );
});
