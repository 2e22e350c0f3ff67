import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import { defineProcessor } from '#processors/contract.ts';
import { completeParameters } from './parameters.ts';

const processor = defineProcessor({
  name: 'test.params',
  version: 1,
  title: { en: 'parameters', 'pt-BR': 'parâmetros' },
  accepts: ['text/plain'],
  inputs: { min: 0, max: 0 },
  params: Type.Object({
    quality: Type.Union([Type.Literal('best'), Type.Literal('fast')], { default: 'best' }),
    mode: Type.Enum(['a', 'b'], { default: 'a' }),
    widthPx: Type.Integer({ minimum: 1, maximum: 4096, default: 512 }),
    ratio: Type.Number({ minimum: 0, default: 1 }),
    color: Type.String({ pattern: '^#[0-9a-f]{6}$', maxLength: 7, default: '#ffffff' }),
    crop: Type.Boolean({ default: false }),
    shadow: Type.Object({ blurPx: Type.Integer({ minimum: 0, default: 4 }) }, { default: {} }),
    texts: Type.Array(Type.Object({ value: Type.String() }), { maxItems: 2, default: [] }),
    fills: Type.Array(
      Type.Union([
        Type.Object(
          { kind: Type.Literal('plain'), colour: Type.String({ default: 'red', pattern: '^[a-z]+$' }) },
          { additionalProperties: false },
        ),
        Type.Object(
          { kind: Type.Literal('stripes'), widthPx: Type.Integer({ minimum: 1 }), gapPx: Type.Integer({ default: 1 }) },
          { additionalProperties: false },
        ),
      ]),
      { default: [] },
    ),
  }),
  modelHashes: () => [],
  estimate: () => ({ memoryBytes: 1, cpuSeconds: 1 }),
  deadlineMs: () => 1_000,
});

const defaults = {
  quality: 'best',
  mode: 'a',
  widthPx: 512,
  ratio: 1,
  color: '#ffffff',
  crop: false,
  shadow: { blurPx: 4 },
  texts: [],
  fills: [],
};

test('what is left out gets its default, also inside', () => {
  assert.deepEqual(completeParameters(processor, {}), defaults);
  const sent = { shadow: { blurPx: 9 }, texts: [{ value: 'R$ 10' }] };
  assert.deepEqual(completeParameters(processor, sent), { ...defaults, ...sent });
  assert.deepEqual(completeParameters(processor, { fills: [{ kind: 'stripes', widthPx: 2 }, { kind: 'plain' }] }), {
    ...defaults,
    fills: [
      { kind: 'stripes', widthPx: 2, gapPx: 1 },
      { kind: 'plain', colour: 'red' },
    ],
  });
  assert.deepEqual(sent, { shadow: { blurPx: 9 }, texts: [{ value: 'R$ 10' }] }, 'what was sent is not touched');
});

const refused: [string, Record<string, unknown>, string, RegExp][] = [
  ['an unknown one', { qualty: 'fast' }, 'qualty', /no parameter "qualty"; it has: quality, mode, widthPx/],
  ['an unknown one inside', { shadow: { blur: 1 } }, 'shadow.blur', /no parameter "shadow\.blur"; it has: blurPx/],
  ['an unknown one in a list', { texts: [{ value: '', x: 1 }] }, 'texts.0.x', /"texts\.0\.x"; it has: value/],
  ['__proto__', JSON.parse('{"__proto__":{"crop":true}}'), '__proto__', /no parameter "__proto__"/],
  ['a value that is no choice', { quality: 'good' }, 'quality', /"quality" is "good"; allowed: "best", "fast"\.$/],
  ['a value that is not in the list', { mode: 'c' }, 'mode', /"mode" is "c"; allowed: "a", "b"\.$/],
  ['text for a number', { widthPx: '512' }, 'widthPx', /"widthPx" is "512"; allowed: a whole number from 1 to 4096\.$/],
  ['a fraction for a whole number', { widthPx: 1.5 }, 'widthPx', /is 1\.5; allowed: a whole number from 1 to 4096/],
  ['too much', { widthPx: 5000 }, 'widthPx', /is 5000; allowed: a whole number from 1 to 4096/],
  ['too little', { ratio: -1 }, 'ratio', /is -1; allowed: a number of at least 0/],
  ['null', { crop: null }, 'crop', /"crop" is null; allowed: true, false/],
  [
    'text that does not match',
    { color: 'red' },
    'color',
    /"color" is "red"; allowed: text of at most 7 characters matching /,
  ],
  ['a wrong value inside', { shadow: { blurPx: -1 } }, 'shadow.blurPx', /"shadow\.blurPx" is -1/],
  ['a list that is too long', { texts: Array(3).fill({ value: '' }) }, 'texts', /allowed: a list of at most 2 items/],
  ['a missing part', { texts: [{}] }, 'texts.0.value', /"texts\.0\.value" is missing; allowed: text/],
  [
    'a kind that there is not',
    { fills: [{ kind: 'dots' }] },
    'fills.0.kind',
    /"fills\.0\.kind" is "dots"; allowed: "plain", "stripes"\.$/,
  ],
  ['no kind', { fills: [{}] }, 'fills.0.kind', /"fills\.0\.kind" is missing; allowed: "plain", "stripes"\.$/],
  [
    'what another kind has',
    { fills: [{ kind: 'plain', widthPx: 3 }] },
    'fills.0.widthPx',
    /no parameter "fills\.0\.widthPx"; it has: kind, colour\.$/,
  ],
  [
    'a wrong value in the second of two kinds',
    { fills: [{ kind: 'plain' }, { kind: 'stripes', widthPx: 0 }] },
    'fills.1.widthPx',
    /"fills\.1\.widthPx" is 0; allowed: a whole number of at least 1\.$/,
  ],
  ['what a kind must have', { fills: [{ kind: 'stripes' }] }, 'fills.0.widthPx', /"fills\.0\.widthPx" is missing/],
  [
    'text for a choice',
    { fills: ['plain'] },
    'fills.0',
    /"fills\.0" is "plain"; allowed: an object with kind, colour, /,
  ],
  ['a list for an object', { shadow: [] }, 'shadow', /"shadow" is \[\]; allowed: an object with blurPx/],
];

for (const [what, params, name, message] of refused) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => completeParameters(processor, params),
      (error) => {
        assert.ok(error instanceof AppError && error.code === 'INVALID_PARAMETERS');
        assert.match(error.detail, message);
        assert.deepEqual(error.extensions, { processor: 'test.params', parameter: name });
        return true;
      },
    );
  });
}

const unstorable: [string, unknown, RegExp][] = [
  ['U+0000', 'a\0b', /not valid Unicode/],
  ['half a surrogate pair', '\ud800', /not valid Unicode/],
  ['depth', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), /more than 16 levels/],
  ['size', 'x'.repeat(70_000), /at most 65536/],
];

for (const [what, value, message] of unstorable) {
  test(`refused before anything looks at it: ${what}`, () => {
    assert.throws(() => completeParameters(processor, { color: value }), message);
    if (what !== 'size' && what !== 'depth') {
      assert.throws(() => completeParameters(processor, { [String(value)]: 1 }), message);
    }
  });
}

test('long values and names are shortened in the message', () => {
  assert.throws(
    () => completeParameters(processor, { color: 'x'.repeat(1_000) }),
    (error) => error instanceof AppError && error.detail.length < 250,
  );
});
