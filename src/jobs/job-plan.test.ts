import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Type } from 'typebox';
import { mediaFacts } from '#database/media-facts.ts';
import { mebibyte } from '#kernel/units.ts';
import type { Processor } from '#processors/contract.ts';
import { processorRegistry } from '#processors/registry.ts';
import { type HashedInput, resultKey as keyOf } from '#processors/result-key.ts';
import { isCode } from '../../test/support/is-code.ts';
import { checkInputCount, type InputMedia, planJob } from './job-plan.ts';

const processor: Processor = {
  name: 'test.plan',
  version: 3,
  title: { en: 'plan', 'pt-BR': 'plano' },
  accepts: ['image/png', 'image/jpeg'],
  inputs: { min: 1, max: 2 },
  params: Type.Object({}),
  modelHashes: () => ['m'.repeat(64)],
  estimate: (inputs) => ({ memoryBytes: (inputs[0]?.widthPx ?? 0) * mebibyte, cpuSeconds: inputs[0]?.heightPx ?? 0 }),
  deadlineMs: () => 1_000,
};

function input(over: Partial<InputMedia> = {}): InputMedia {
  const sha256 = 'a'.repeat(64);
  const none = { frames: null, duration_seconds: null };
  return { sha256, media_type: 'image/png', size_bytes: 10, width_px: 1, height_px: 1, ...none, ...over };
}

const naming = { processors: processorRegistry([processor]), madeElsewhere: new Map<string, string>() };

const plan = (over: Partial<InputMedia>, priority: 'low' | 'normal' | 'high' = 'normal') =>
  planJob(naming, processor, {}, [input(over)], priority, 100 * mebibyte);

test('high goes before normal before low, and within each, short before long', () => {
  const seconds = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(seconds, seconds, (a, b) => {
      const [short, long] = a < b ? [a, b] : [b, a];
      const at = (height_px: number, priority: 'low' | 'normal' | 'high') => plan({ height_px }, priority).patienceMs;
      assert.ok(at(short, 'normal') <= at(long, 'normal'));
      assert.ok(at(long, 'high') < at(short, 'normal'));
      assert.ok(at(long, 'normal') < at(short, 'low'));
    }),
  );
  assert.ok(plan({ height_px: 1 }).patienceMs < plan({ height_px: 60 }).patienceMs);
});

test('what is too large or not accepted is refused with the numbers', () => {
  assert.throws(() => plan({ width_px: 101 }), isCode('RESOURCE_LIMIT', /about 101 MiB .* may use 100 MiB/));
  assert.throws(
    () => plan({ media_type: 'audio/wav' }),
    isCode('INPUT_NOT_ACCEPTED', /Input 1 is audio\/wav; .* image\/png/),
  );
  assert.throws(() => checkInputCount(processor, 3), isCode('WRONG_INPUT_COUNT', /takes 1 to 2 inputs; 3 were given/));
  checkInputCount(processor, 2);
});

test('every part of the work is part of its name', () => {
  const key = (over: Partial<Processor>, params: object = {}, hashes = ['a', 'b'], outside?: string) =>
    keyOf(
      { processors: naming.processors, madeElsewhere: new Map(outside ? [['test.plan', outside]] : []) },
      { ...processor, ...over },
      params,
      hashes.map((sha256): HashedInput => ({ sha256, mediaType: 'image/png', sizeBytes: 1 })),
    );
  const needs = (params: Record<string, unknown>, input = 0) => ({
    needs: () => [{ processor: 'test.plan', params, input }],
  });
  const keys = [
    key({}),
    key({ name: 'test.other' }),
    key({ version: 4 }),
    key({ modelHashes: () => [] }),
    key({}, { widthPx: 1 }),
    key({}, {}, ['b', 'a']),
    key({}, {}, ['a']),
    key(needs({})),
    key(needs({ model: 'other' })),
    key(needs({}, 1)),
    key(needs({}), {}, ['a', 'b'], 'somebody outside'),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(key({}, { a: 1, b: 2 }), key({}, { b: 2, a: 1 }));
});

test('facts that are not known are left out, not null', () => {
  assert.deepEqual(mediaFacts(input({ height_px: null })), { mediaType: 'image/png', sizeBytes: 10, widthPx: 1 });
});
