import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Check, Default } from 'typebox/value';
import { loadProcessors, processorNames, runtimeModuleUrl } from './registry.ts';

const names = await processorNames();

test('there are processors, and none is missed', async () => {
  assert.ok(names.includes('image.cutout'));
  const registry = await loadProcessors();
  assert.deepEqual(
    registry.list().map((processor) => processor.name),
    names,
  );
  assert.equal(registry.get('no.such'), undefined);
});

for (const name of names) {
  test(`${name} keeps the contract`, async () => {
    const processor = (await loadProcessors()).get(name);
    assert.ok(processor !== undefined);
    assert.match(name, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    assert.ok(Number.isInteger(processor.version) && processor.version >= 1);
    assert.ok(processor.title.en !== '' && processor.title['pt-BR'] !== '');
    assert.ok(processor.accepts.length > 0);
    assert.ok(!(processor.light && processor.programs), 'the right to start programs is not shared');
    assert.ok(processor.inputs.min >= 0 && processor.inputs.min <= processor.inputs.max);
    await access(join(import.meta.dirname, ...name.split('.'), 'README.md'));
    const { createRuntime } = (await import(runtimeModuleUrl(name))) as { createRuntime?: unknown };
    assert.equal(typeof createRuntime, 'function');

    const schema = processor.params as { type?: string; properties?: Record<string, { default?: unknown }> };
    assert.equal(schema.type, 'object');
    for (const [property, { default: value }] of Object.entries(schema.properties ?? {})) {
      assert.notEqual(value, undefined, `parameter ${property} has no default`);
    }
    const defaults = Default(processor.params, {});
    assert.ok(Check(processor.params, defaults), 'the defaults are not allowed by their own schema');

    const input = {
      mediaType: processor.accepts[0] ?? '',
      sizeBytes: 1_000_000,
      widthPx: 1_000,
      heightPx: 1_000,
      durationSeconds: 60,
    };
    const inputs = Array.from({ length: processor.inputs.min }, () => input);
    const { memoryBytes, cpuSeconds } = processor.estimate(inputs, defaults as never);
    assert.ok(memoryBytes > 0 && cpuSeconds > 0);
    const deadlineMs = processor.deadlineMs(inputs, defaults as never);
    assert.ok(deadlineMs > cpuSeconds * 1_000);
    const { widthPx, heightPx, durationSeconds } = input;
    const larger = inputs.map((each) => ({
      ...each,
      ...{ widthPx: 10 * widthPx, heightPx: 10 * heightPx, durationSeconds: 10 * durationSeconds },
    }));
    assert.ok(processor.deadlineMs(larger, defaults as never) > deadlineMs, 'a larger file may take longer');
    for (const hash of processor.modelHashes(defaults as never)) assert.match(hash, /^[0-9a-f]{64}$/);
  });
}

test('a folder whose processor has another name is a mistake that is named', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'esteira-processors-'));
  t.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'image', 'crop'), { recursive: true });
  await mkdir(join(root, 'shared', 'not-one'), { recursive: true });
  await writeFile(join(root, 'image', 'crop', 'processor.ts'), `export const processor = { name: 'image.resize' };`);
  await assert.rejects(loadProcessors(root), /image\/crop\/processor\.ts must export a processor named image\.crop/);
});
