import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { permissions } from '#accounts/permissions.ts';
import { buildStudio, studioDir } from '#cli/build-studio.ts';
import { completeParameters } from '#processors/parameters.ts';
import { loadProcessors } from '#processors/registry.ts';
import { type Background, jobFor, qualities } from '../../web/src/features/cutout/background.ts';

const dist = join(studioDir, 'dist');
const budgetBytes = 260_000;
/** What the page of a recording may need besides: its player and its charts. */
const recordingBudgetBytes = 80_000;

/** A busy machine takes its time; a test that hangs is ended all the same. */
const vitestArgs = ['run', '--testTimeout=60000'];

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

const said: string[] = [];
before(() => buildStudio((line) => said.push(line)));

test('the tests of the studio pass', async () => {
  await promisify(execFile)(
    process.execPath,
    [join(studioDir, '..', 'node_modules', 'vitest', 'vitest.mjs'), ...vitestArgs],
    {
      cwd: studioDir,
      timeout: 120_000,
    },
  ).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => assert.fail(`${stdout}\n${stderr}`));
});

test('it is built, and what the start page and a recording need is small', () => {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set(['index.html']);
  const visit = (key: string): void => {
    const chunk = manifest[key];
    assert.ok(chunk, `${key} is in the manifest: ${said.join('\n')}`);
    if (files.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit('index.html');
  visit('src/features/cutout/cutout-page.tsx');
  visit('src/locales/pt-BR/messages.po');
  // The first photo loads it.
  visit('src/features/cutout/uploader.ts');
  const hold = (needed: readonly string[], mostBytes: number): void => {
    const sizes = needed.map((file) => ({
      file,
      bytes: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length,
    }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const list = sizes.map(({ file, bytes }) => `${bytes} ${file}`).join('\n');
    assert.ok(total <= mostBytes, `${total} bytes gzipped:\n${list}`);
  };
  const first = new Set(files);
  hold([...first], budgetBytes);
  visit('src/features/audio/track-page.tsx');
  visit('src/locales/pt-BR/sound.po');
  hold(
    [...files].filter((file) => !first.has(file)),
    recordingBudgetBytes,
  );
});

test('whatever a role may be made of has words in the studio', () => {
  // As text: its words are filled in when the studio is built.
  const source = readFileSync(join(studioDir, 'src/features/members/permission-names.ts'), 'utf8');
  const named = [...source.matchAll(/\['([a-z]+:[a-z]+)', msg`/g)].map(([, permission]) => permission);
  assert.deepEqual(named.sort(), permissions.filter((permission) => !permission.startsWith('instance:')).sort());
});

test('the looks of the studio are parameters that the processors take', async () => {
  const processors = await loadProcessors();
  const asset = { id: 'a', sha256: '', mediaType: 'image/jpeg', sizeBytes: 1, widthPx: 9_000, heightPx: 7, name: null };
  const backgrounds: Background[] = [
    { kind: 'transparent' },
    { kind: 'colour', colour: '#dfe7e3' },
    { kind: 'gradient', from: '#fdf3e7', to: '#f3d9c4' },
    { kind: 'picture', assetId: 'b', name: 'wood.jpg' },
  ];
  for (const background of backgrounds) {
    for (const quality of qualities) {
      const { processor, inputs, params } = jobFor(asset, { background, quality }, 'm');
      const known = processors.get(processor);
      assert.ok(known, processor);
      completeParameters(known, params);
      assert.ok(inputs.length <= known.inputs.max, `${processor} takes ${inputs.length} inputs`);
    }
  }
});

test('the page asks for nothing that its policy forbids', () => {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/);
  for (const [, address = ''] of page.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g)) {
    assert.match(address, /-[\w-]{8}\.\w+$/, 'its name holds a hash');
    readFileSync(join(dist, address));
  }
});
