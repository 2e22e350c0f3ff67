import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandHelp, type Option, parseArguments, UsageError } from './command.ts';

const options: readonly Option[] = [
  { name: 'out', short: 'o', value: 'PATH', help: 'Where.' },
  { name: 'json', help: 'As JSON.' },
];

test('options and positionals in any order, in every spelling', () => {
  for (const args of [
    ['a', '--out', 'x', 'b', '--json'],
    ['--json', '-o', 'x', 'a', 'b'],
    ['-ox', 'a', '--json', 'b'],
    ['a', '--out=x', 'b', '--json'],
  ]) {
    const parsed = { values: { out: 'x', json: true }, texts: { out: ['x'] }, positionals: ['a', 'b'] };
    assert.deepEqual(parseArguments(args, options), parsed);
  }
  const dashes = { values: { out: '-' }, texts: { out: ['-'] }, positionals: ['-'] };
  assert.deepEqual(parseArguments(['-', '-o', '-'], options), dashes);
  assert.deepEqual(parseArguments(['--', '--json'], options), { values: {}, texts: {}, positionals: ['--json'] });
  const twice = parseArguments(['--out', 'a', '--out=b'], options);
  assert.deepEqual([twice.values['out'], twice.texts['out']], ['b', ['a', 'b']], 'the last counts, and none is lost');
  assert.deepEqual(parseArguments(['--out=-5'], options).values, { out: '-5' });
});

test('what is wrong is said, and what was probably meant', () => {
  const wrong = (args: string[], message: RegExp) =>
    assert.throws(
      () => parseArguments(args, options),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  wrong(['--jsn'], /--jsn is not an option\. Did you mean --json\?/);
  wrong(['--colour'], /--colour is not an option\.$/);
  wrong(['-x'], /-x is not an option/);
  wrong(['--out'], /--out needs a value: --out PATH/);
  wrong(['--out', '--json'], /--out needs a value/);
  wrong(['--json=yes'], /--json takes no value/);
});

test('the help names every option, and --help itself', () => {
  const text = commandHelp({
    summary: 'Does it.',
    usage: 'do [options]',
    options,
    notes: ['Note.'],
    run: async () => 0,
  });
  for (const part of ['Does it.', 'Usage: esteira do', '-o, --out PATH', '--json', '-h, --help', 'Note.']) {
    assert.ok(text.includes(part), part);
  }
});
