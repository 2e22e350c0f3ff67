import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { buildStudio } from './build-studio.ts';

let web: string;
let said: string[];
beforeEach(async () => {
  web = await mkdtemp(join(tmpdir(), 'studio-sources-'));
  said = [];
  await mkdir(join(web, 'src'));
  await writeFile(join(web, 'index.html'), '<script type="module" src="/src/main.ts"></script>');
  await writeFile(join(web, 'src', 'main.ts'), 'document.title = "first";');
});
afterEach(() => rm(web, { recursive: true, force: true }));

const build = (): Promise<void> => buildStudio((line) => said.push(line), web);

async function script(): Promise<string> {
  const assets = join(web, 'dist', 'assets');
  const [name = ''] = (await readdir(assets)).filter((file) => file.endsWith('.js'));
  return readFile(join(assets, name), 'utf8');
}

test('it is built when it is not, again when a source changed, and else left alone', async () => {
  await build();
  assert.match(await script(), /first/);
  assert.equal(said.length, 1);

  await build();
  await writeFile(join(web, 'src', 'main.test.ts'), 'a test changes nothing');
  await build();
  assert.equal(said.length, 1, said.join('\n'));

  await writeFile(join(web, 'src', 'main.ts'), 'document.title = "second";');
  await build();
  assert.match(await script(), /second/);
  assert.equal(said.length, 2);
  assert.deepEqual((await readdir(web)).sort(), ['dist', 'index.html', 'src'], 'nothing else is left behind');
});

test('a build that fails says why, and leaves the one before', async () => {
  await build();
  await writeFile(join(web, 'src', 'main.ts'), 'import "./missing.ts";');
  await build();
  assert.match(said.at(-1) ?? '', /could not be built; the API works without it\. .*missing/s);
  assert.match(await script(), /first/);
});

test('where there are no sources, what is there is taken as it is', async () => {
  await rm(join(web, 'src'), { recursive: true });
  await build();
  assert.deepEqual(said, []);
});

test('builds at the same time leave one that is whole', async () => {
  await Promise.all([build(), build()]);
  assert.match(await script(), /first/);
  assert.deepEqual((await readdir(web)).sort(), ['dist', 'index.html', 'src']);
});
