import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { verifyOutputs } from './outputs.ts';

let root: string;
let scratch: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'outputs-'));
  scratch = join(root, 'scratch');
  await mkdir(join(scratch, 'folder'), { recursive: true });
  await writeFile(join(scratch, 'a.txt'), 'a');
  await writeFile(join(scratch, 'folder', '..b.txt'), 'b');
  await writeFile(join(root, 'secret.txt'), 'secret');
  await symlink(join(scratch, 'a.txt'), join(scratch, 'link.txt'));
  await symlink(join(root, 'secret.txt'), join(scratch, 'secret.txt'));
  await symlink(join(scratch, 'folder'), join(scratch, 'linked'));
  await symlink(scratch, join(root, 'scratch-link'));
});
after(() => rm(root, { recursive: true, force: true }));

test('regular files in the folder and below it are taken, also when the folder itself is reached by a link', async () => {
  const outputs = [
    { file: 'a.txt', mediaType: 'text/plain', data: { n: 1, list: [true, null], nothing: undefined } },
    { file: 'folder/..b.txt', mediaType: 'image/svg+xml' },
  ];
  assert.deepEqual(await verifyOutputs(outputs, scratch), outputs);
  assert.deepEqual(await verifyOutputs(outputs, join(root, 'scratch-link')), outputs);
  assert.deepEqual(await verifyOutputs([], scratch), []);
});

// Native code is not held by Node's permission model, so links are possible, whatever a fixture may do.
for (const file of [
  'link.txt',
  'secret.txt',
  'linked/..b.txt',
  'linked',
  '../secret.txt',
  '..',
  '.',
  'folder',
  'a.txt/',
  '',
]) {
  test(`${JSON.stringify(file)} is no output`, async () => {
    await assert.rejects(verifyOutputs([{ file, mediaType: 'text/plain' }], scratch), { code: 'WORKER_BAD_OUTPUT' });
  });
}
