import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

// Documents rot where they point: a file was renamed, a section got another title.

const root = join(import.meta.dirname, '..');
const documents = globSync(['*.md', '{docs,src,test,bench,scripts}/**/*.md'], { cwd: root });

for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8');

  test(`${path}: links lead somewhere`, () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(path, link));
    assert.deepEqual(dead, []);
  });

  test(`${path}: files that it names exist`, () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|bench|docs|bin)\/[\w./-]+\.\w+)`/g)].map(
      ([, file = '']) => file,
    );
    assert.deepEqual(
      named.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
}

test('every room has a README of at most 15 lines', () => {
  const rooms = ['test', 'bench', ...globSync('src/*/', { cwd: root })];
  const readmes = rooms.map((room) => ({ room, path: join(root, room, 'README.md') }));
  const missing = readmes.filter(({ path }) => !existsSync(path) || readFileSync(path, 'utf8').split('\n').length > 16);
  assert.deepEqual(
    missing.map(({ room }) => room),
    [],
  );
  assert.ok(rooms.length > 10, 'the rooms were found');
});

/** @param link `docs/api.md`, `api.md#errors`, `#errors`, as seen from the document at `path` */
function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', anchor] = link.split('#', 2);
  const target = file === '' ? join(root, path) : join(root, dirname(path), file);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** As the usual hosts of repositories make them of headings. */
function anchorsOf(markdown: string): string[] {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, (code) => code.slice(1, -1));
}
