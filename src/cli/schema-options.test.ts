import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { defineProcessor } from '#processors/contract.ts';
import { parseArguments } from './command.ts';
import { optionsOf, paramsFrom } from './schema-options.ts';

const processor = defineProcessor({
  name: 'test.options',
  version: 1,
  title: { en: '', 'pt-BR': '' },
  accepts: [],
  inputs: { min: 1, max: 1 },
  params: Type.Object({
    format: Type.Enum(['png', 'webp'], { default: 'png', description: 'Of the result.' }),
    shape: Type.Union([Type.Literal('round'), Type.Literal('square')], { default: 'round' }),
    maskOnly: Type.Boolean({ default: false, description: 'The mask.' }),
    margin: Type.Number({ default: 0, minimum: 0, maximum: 1 }),
    background: Type.Optional(Type.String()),
  }),
  modelHashes: () => [],
  estimate: () => ({ memoryBytes: 0, cpuSeconds: 0 }),
  deadlineMs: () => 1,
});

const options = optionsOf(processor);
const params = (...args: string[]) => paramsFrom(parseArguments(args, options), processor);

test('every parameter is an option', () => {
  assert.deepEqual(
    options.map(({ name, value }) => [name, value]),
    [
      ['format', 'png|webp'],
      ['shape', 'round|square'],
      ['mask-only', undefined],
      ['margin', 'N'],
      ['background', 'TEXT'],
    ],
  );
  assert.equal(options[0]?.help, 'Of the result. (default png)');
});

test('options become parameters of their types, completed with defaults', () => {
  assert.deepEqual(params(), { format: 'png', shape: 'round', maskOnly: false, margin: 0 });
  assert.deepEqual(params('--mask-only', '--margin', '0.25', '--shape', 'square', '--background', '7'), {
    format: 'png',
    shape: 'square',
    maskOnly: true,
    margin: 0.25,
    background: '7',
  });
});

test('a wrong value names the option and what it may be', () => {
  assert.throws(() => params('--format', 'bmp'), { name: 'UsageError', message: /--format bmp .* one of png, webp/ });
  assert.throws(() => params('--shape', 'x'), { name: 'UsageError', message: /--shape x .* one of round, square/ });
  assert.throws(() => params('--margin', '7'), { name: 'UsageError', message: /--margin 7 .* 1/ });
  assert.throws(() => params('--margin', 'wide'), { name: 'UsageError', message: /--margin wide .* number/ });
});
