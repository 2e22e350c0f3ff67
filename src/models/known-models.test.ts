import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatBytes } from '#kernel/units.ts';
import { parseDescriptor } from '#processors/shared/models/parse-descriptor.ts';
import { knownModels } from './known-models.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/models.md'), 'utf8');

for (const { name, url, project, sources, ...facts } of knownModels) {
  test(`${name} can be described, is pinned, and says where its facts were read`, () => {
    const { sha256, licence } = facts;
    const names = { name, fileName: `${name}.${sha256.slice(0, 16)}.onnx`, inputName: 'x', outputName: 'y' };
    const rest = { schema: 'esteira-model/1', layout: 'nchw', source: url, addedAt: new Date().toISOString() };
    assert.equal(parseDescriptor(name, JSON.stringify({ ...facts, ...names, ...rest })).licence, licence);
    assert.match(url, /^https:\/\//);
    assert.ok(sources.some((source) => source.includes('SHA-256')) && sources.some((source) => source.includes('URL')));
  });

  test(`${name} has its row in docs/models.md`, () => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
    const [, , size = '', input = '', licence = '', work = ''] = row.split('|').map((cell) => cell.trim());
    assert.equal(
      size,
      formatBytes(facts.sizeBytes).replace(/\d+\.\d+/, (value) =>
        Number(value) < 10 ? value : Math.round(Number(value)).toString(),
      ),
    );
    assert.equal(input, `${facts.inputSizePx} px`);
    assert.equal(licence.split(';')[0], facts.licence.split(' (')[0]);
    assert.ok(work.includes(`(${project})`), work);
  });
}

test('no two share a name or a file', () => {
  for (const fact of ['name', 'url', 'sha256'] as const) {
    assert.equal(new Set(knownModels.map((known) => known[fact])).size, knownModels.length);
  }
});
