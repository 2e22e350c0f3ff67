import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testModelsDir } from '../../../../test/support/models-dir.ts';
import { makeScene } from '../../../../test/support/scenes.ts';
import { ensureModelFile } from '../../shared/model-store.ts';
import { SessionPool } from '../../shared/onnx/session-pool.ts';
import { publishedFile } from './isnet/isnet-model.ts';
import { Segmenter } from './isnet/segmenter.ts';
import { segmentWith } from './onnx-segmenter.ts';

test('the published IS-Net, run as anybody’s model, sees what our own reading of it sees', async (t) => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'esteira-published-'));
  t.after(() => rm(modelsDir, { recursive: true }));
  const fileName = `published.${publishedFile.sha256.slice(0, 16)}.onnx`;
  await symlink(await ensureModelFile(testModelsDir, publishedFile), join(modelsDir, fileName));
  const setup = { threads: Math.min(2, availableParallelism()) };
  const sessions = new SessionPool({ ...setup, modelsDir });
  const { rgb } = makeScene({ seed: 5, kind: 'product-on-white', widthPx: 1024, heightPx: 1024 });
  // (v − 128) / 256, as its makers prepare pictures, in shares of 255.
  const [mean, std] = [128 / 255, 256 / 255];
  const descriptor = {
    schema: 'esteira-model/1' as const,
    name: 'published',
    fileName,
    sha256: publishedFile.sha256,
    sizeBytes: publishedFile.sizeBytes,
    inputSizePx: 1024,
    mean: [mean, mean, mean],
    std: [std, std, std],
    output: 'raw' as const,
    layout: 'nchw' as const,
    inputName: 'input',
    outputName: 'output',
    licence: 'AGPL-3.0',
    source: 'a test',
    addedAt: '2026-01-01T00:00:00Z',
  };
  const { mask } = await segmentWith(descriptor, sessions, { ...setup, modelsDir }, async () => rgb);
  const segmenter = await Segmenter.open({ ...setup, modelsDir: testModelsDir }, sessions);
  const own = await segmenter.look({ precision: 'float', sizePx: 1024 }, rgb);
  const difference = mask.alpha.reduce((sum, value, at) => sum + Math.abs(value - (own.alpha[at] as number)), 0);
  assert.ok(difference / mask.alpha.length < 0.05, `mean difference ${difference / mask.alpha.length}`);
  assert.ok(mask.alpha.filter((value) => value > 127).length > 10_000, 'there is a subject');
});
