import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameOutputs } from './name-outputs.ts';

const naming = { suffix: 'cutout', extension: '.png' };
const named = (input: string, folder?: string) => ({
  input,
  path: resolve(input),
  ...(folder !== undefined && { folder }),
});

test('beside a file, in a folder of its own for a folder, or where one says', async () => {
  assert.deepEqual(await nameOutputs([named('x/a.jpg'), named('b.tar.jpg')], naming), [
    'x/a.cutout.png',
    'b.tar.cutout.png',
  ]);
  assert.deepEqual(await nameOutputs([named('x/a.jpg', 'x')], naming), ['x-cutouts/a.png']);
  assert.deepEqual(await nameOutputs([named('x/a.jpg', './x//')], naming), ['x-cutouts/a.png']);
  assert.deepEqual(await nameOutputs([named('a.jpg', '.')], naming), [`${resolve('.')}-cutouts/a.png`]);
  assert.deepEqual(await nameOutputs([named('x/a.jpg'), named('y/b.webp', 'y')], { ...naming, outDir: 'o' }), [
    'o/a.png',
    'o/b.png',
  ]);
});

test('one name for two results gets numbers, in order, whatever the case', async () => {
  const inputs = ['p/a.jpg', 'p/A.png', 'p/a.webp', 'q/a-2.jpg'].map((input) => named(input));
  assert.deepEqual(await nameOutputs(inputs, { ...naming, outDir: 'o' }), [
    'o/a.png',
    'o/A-2.png',
    'o/a-3.png',
    'o/a-2-2.png',
  ]);
});

test('a result never takes the place of an input, not even through a link', async (t) => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'names-')));
  t.after(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'in'));
  await symlink(join(root, 'in'), join(root, 'link'));
  const inputs = ['a.png', 'b.png'].map((name) => named(join(root, 'in', name), join(root, 'in')));
  for (const dir of ['in', 'link']) {
    assert.deepEqual(await nameOutputs(inputs, { ...naming, outDir: join(root, dir) }), [
      join(root, dir, 'a-2.png'),
      join(root, dir, 'b-2.png'),
    ]);
  }
});

test('results differ from each other and from all inputs', async () => {
  const name = fc.constantFrom('a.png', 'A.PNG', 'a.jpg', 'a-2.png', 'a.cutout.png', 'b', '.png');
  const dir = fc.constantFrom('x', 'y');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(dir, name), { selector: ([d, n]) => join(d, n) }),
      fc.option(dir, { nil: undefined }),
      async (files, outDir) => {
        const inputs = files.map(([d, n]) => named(join(d, n)));
        const outputs = (await nameOutputs(inputs, { ...naming, outDir })).map((path) => resolve(path).toLowerCase());
        assert.equal(new Set(outputs).size, inputs.length);
        const inputPaths = new Set(inputs.map(({ path }) => path.toLowerCase()));
        assert.ok(outputs.every((output) => !inputPaths.has(output)));
      },
    ),
  );
});
