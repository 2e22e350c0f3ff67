import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { chosenProcessors } from './worker-processors.ts';

const known = ['audio.stems', 'image.cutout', 'image.mask'];

test('names and patterns choose processors, each once; nothing said chooses all', () => {
  assert.equal(chosenProcessors(undefined, known), undefined);
  assert.deepEqual(chosenProcessors(['image.*'], known), ['image.cutout', 'image.mask']);
  assert.deepEqual(chosenProcessors(['image.mask', 'image.*', 'audio.stems'], known), [
    'image.mask',
    'image.cutout',
    'audio.stems',
  ]);
});

test('what stands for no processor is named, with the nearest that exists', () => {
  const wrong = (pattern: string) => {
    try {
      chosenProcessors(['image.mask', pattern], known);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'CONFIG_INVALID');
      return error.detail;
    }
    return assert.fail(`${pattern} was accepted`);
  };
  assert.match(wrong('image.cutuot'), /no processor image\.cutuot\. Did you mean image\.cutout\?/);
  assert.match(wrong('video.*'), /no processor video\.\*\. There are: audio\.stems, image\.cutout, image\.mask\./);
});
