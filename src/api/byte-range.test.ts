import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#kernel/errors.ts';
import { parseRange } from './byte-range.ts';

// The examples of RFC 9110, section 14.1.2: a representation of 10,000 bytes.
const rfcExamples = [
  ['bytes=0-499', 0, 499],
  ['bytes=500-999', 500, 999],
  ['bytes=-500', 9500, 9999],
  ['bytes=9500-', 9500, 9999],
  ['bytes=0-0', 0, 0],
  ['bytes=-1', 9999, 9999],
  ['bytes=9000-20000', 9000, 9999],
  ['bytes=-20000', 0, 9999],
] as const;

test('gives the ranges of RFC 9110', () => {
  for (const [header, start, end] of rfcExamples) assert.deepEqual(parseRange(header, 10_000), { start, end }, header);
});

test('ignores what a server may ignore', () => {
  const ignored = [
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'lines=0-1',
    'bytes=0-0,-1',
    'bytes 0-1',
  ];
  for (const header of ignored) assert.equal(parseRange(header, 10_000), undefined, String(header));
});

test('refuses a range that begins past the end, and says how long the content is', () => {
  for (const [header, size] of [
    ['bytes=10000-', 10_000],
    ['bytes=-0', 10_000],
    ['bytes=0-', 0],
    ['bytes=-5', 0],
  ] as const) {
    assert.throws(
      () => parseRange(header, size),
      (error) =>
        error instanceof AppError && error.code === 'RANGE_NOT_SATISFIABLE' && error.extensions['sizeBytes'] === size,
      header,
    );
  }
});

test('every range it gives lies inside the content', () => {
  const bound = fc.oneof(fc.constant(''), fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String), fc.nat(200).map(String));
  fc.assert(
    fc.property(bound, bound, fc.integer({ min: 1, max: 100 }), (first, last, size) => {
      try {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (range) assert.ok(0 <= range.start && range.start <= range.end && range.end < size);
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'RANGE_NOT_SATISFIABLE');
      }
    }),
  );
});
