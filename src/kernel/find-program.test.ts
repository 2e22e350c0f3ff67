import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { test } from 'node:test';
import { findProgram } from './find-program.ts';

test('the first that can be started, in absolute folders alone', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'esteira-programs-'));
  t.after(() => rm(root, { recursive: true }));
  const folders = ['text', 'folder', 'first', 'second'].map((name) => join(root, name));
  for (const folder of folders) await mkdir(folder);
  const [text = '', folder = '', first = '', second = ''] = folders;
  await writeFile(join(text, 'tool'), 'no program', { mode: 0o644 });
  await mkdir(join(folder, 'tool'));
  for (const each of [first, second]) await writeFile(join(each, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  assert.equal(findProgram('tool', folders.join(delimiter)), join(first, 'tool'));
  assert.equal(findProgram('tool', [text, folder].join(delimiter)), undefined);
  assert.equal(findProgram('tool', relative(process.cwd(), first)), undefined);
  assert.equal(findProgram('tool', ''), undefined);
});
