import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { wavBytes } from '../../test/support/audio/wav-bytes.ts';
import { findInputs } from './find-inputs.ts';

/** The smallest GIF: 1 × 1, from the format's own description. */
const gif = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
const limits = { maxPixels: 100, maxFrames: 10, maxDurationSeconds: 14_400 };

let root: string;

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'inputs-')));
  await mkdir(join(root, 'folder', 'below'), { recursive: true });
  for (const name of ['img10.gif', 'img2.gif', 'really-a-gif.txt']) await writeFile(join(root, 'folder', name), gif);
  await writeFile(join(root, 'folder', 'notes.txt'), 'notes');
  await writeFile(join(root, 'folder', 'text.jpg'), 'this is text');
  await writeFile(join(root, 'folder', 'empty.png'), '');
  await writeFile(join(root, 'folder', 'song.wav'), wavBytes([new Float32Array(800)], 8_000, 's16'));
  await writeFile(join(root, 'folder', 'broken.mp3'), 'ID3\x04\0\0\0\0\0\0');
  await symlink(join(root, 'folder', 'img2.gif'), join(root, 'link.gif'));
});
after(() => rm(root, { recursive: true, force: true }));

test('a folder: pictures by content in natural order, foreign files skipped with a reason, broken ones failed', async () => {
  const { files, failed, skipped } = await findInputs([join(root, 'folder')], ['image/gif'], limits);
  const short = (path: string) => path.slice(root.length + 'folder'.length + 2);
  assert.deepEqual(
    files.map(({ input, media }) => [short(input), media.mediaType]),
    [
      ['img2.gif', 'image/gif'],
      ['img10.gif', 'image/gif'],
      ['really-a-gif.txt', 'image/gif'],
    ],
  );
  assert.deepEqual(
    failed.map(({ input, error }) => [short(input), error.code]),
    [
      ['empty.png', 'EMPTY_FILE'],
      ['text.jpg', 'UNSUPPORTED_MEDIA_TYPE'],
    ],
  );
  assert.deepEqual(
    skipped.map(({ input, why }) => [short(input), why]),
    [
      ['below', 'a folder within the folder'],
      ['broken.mp3', 'not a picture'],
      ['notes.txt', 'not a picture'],
      ['song.wav', 'not a picture'],
    ],
  );
});

test('the same folder, where recordings are wanted', async () => {
  const { files, failed, skipped } = await findInputs([join(root, 'folder')], ['audio/wav'], limits);
  assert.deepEqual(
    files.map(({ media }) => media),
    [{ mediaType: 'audio/wav', sizeBytes: 1_644, durationSeconds: 0.1 }],
  );
  assert.deepEqual(
    failed.map(({ input, error }) => [basename(input), error.code]),
    [['broken.mp3', 'MEDIA_INVALID']],
  );
  assert.deepEqual(
    skipped.map(({ input, why }) => [basename(input), why]),
    [
      ['below', 'a folder within the folder'],
      ['empty.png', 'not a recording'],
      ['img2.gif', 'not a recording'],
      ['img10.gif', 'not a recording'],
      ['notes.txt', 'not a recording'],
      ['really-a-gif.txt', 'not a recording'],
      ['text.jpg', 'not a recording'],
    ],
  );
});

test('a recording that is named among pictures is refused by its type', async () => {
  const { failed } = await findInputs([join(root, 'folder', 'song.wav')], ['image/gif'], limits);
  assert.equal(failed[0]?.error.code, 'INPUT_NOT_ACCEPTED');
  assert.match(failed[0]?.error.detail ?? '', /This is audio\/wav; accepted are image\/gif/);
});

test('what is named by the user fails where it cannot be used', async () => {
  const names = [join(root, 'folder', 'notes.txt'), join(root, 'none.jpg'), '/dev/null'];
  const { files, failed } = await findInputs(names, ['image/gif'], limits);
  assert.deepEqual(files, []);
  assert.deepEqual(
    failed.map(({ error }) => error.code),
    ['UNSUPPORTED_MEDIA_TYPE', 'NOT_FOUND', 'NOT_FOUND'],
  );
  const refused = await findInputs([join(root, 'link.gif')], ['image/png'], limits);
  assert.equal(refused.failed[0]?.error.code, 'INPUT_NOT_ACCEPTED');
});

test('one file under two names is one file', async () => {
  const { files, skipped } = await findInputs(
    [join(root, 'link.gif'), join(root, 'folder', 'img2.gif')],
    ['image/gif'],
    limits,
  );
  assert.equal(files.length, 1);
  assert.deepEqual(skipped, [{ input: join(root, 'folder', 'img2.gif'), why: 'named twice' }]);
});
