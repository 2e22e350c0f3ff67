import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { testModelsDir } from '../../../../../test/support/models-dir.ts';
import { makeScene } from '../../../../../test/support/scenes.ts';
import { ensureModelFile } from '../../../shared/model-store.ts';
import { readModel, writeModel } from '../../../shared/onnx/graph.ts';
import { SessionPool } from '../../../shared/onnx/session-pool.ts';
import { ceilingsOf, decodeCeiling, encodeCeiling, shippedCalibration } from './calibration.ts';
import { balanceChannels } from './channel-factors.ts';
import { reduceIsnet } from './float-graph.ts';
import { multipliesIntegersExactly } from './integer-probe.ts';
import { floatFile, int8File } from './isnet-model.ts';
import { readPublishedIsnet } from './published.ts';
import { Segmenter } from './segmenter.ts';

const setup = { modelsDir: testModelsDir, threads: Math.min(2, availableParallelism()) };

test('both graphs come out of the published weights with the hashes they must have', async () => {
  for (const file of [floatFile, int8File]) assert.ok(await ensureModelFile(testModelsDir, file));
});

test('the reduced graph keeps one output’s worth of the published one, and survives writing and reading', async () => {
  const core = reduceIsnet(readModel(await readPublishedIsnet()));
  const count = (op: string) => core.nodes.filter((node) => node.op === op).length;
  // IS-Net: 112 rectified convolutions, the first one and the mask's own.
  assert.deepEqual([count('Conv'), count('Relu'), count('Cast'), count('Shape')], [114, 112, 0, 0]);
  const graph = { nodes: [...core.nodes], tensors: new Map(core.tensors), inputs: [], outputs: [] };
  const again = readModel(Buffer.concat(writeModel(graph)));
  assert.deepEqual(again.nodes, graph.nodes);
  assert.deepEqual(again.tensors, graph.tensors);
});

test('balancing changes nothing in exact arithmetic: channels that are summed share their factor', async () => {
  const core = reduceIsnet(readModel(await readPublishedIsnet()));
  const factors = balanceChannels(core, shippedCalibration(), 1);
  for (const node of core.nodes) {
    if (node.op !== 'Add') continue;
    const [a, b] = node.inputs as [string, string];
    assert.deepEqual(factors.of(a), factors.of(b));
    assert.deepEqual(factors.of(a), factors.of(node.outputs[0] as string));
  }
});

test('after balancing every channel’s ceiling fits the common scale', async () => {
  const core = reduceIsnet(readModel(await readPublishedIsnet()));
  const calibration = shippedCalibration();
  const factors = balanceChannels(core, calibration, 1);
  for (const node of core.nodes) {
    if (node.op !== 'Relu') continue;
    const name = node.outputs[0] as string;
    const factor = factors.of(name);
    for (const [channel, ceiling] of ceilingsOf(calibration, name).entries())
      assert.ok(ceiling / (factor[channel] as number) <= 1 + 1e-9);
  }
});

test('ceilings survive their byte within a twentieth', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -11.9, max: 2 ** 13, noNaN: true }), (ceiling) => {
      const decoded = decodeCeiling(encodeCeiling(ceiling));
      assert.ok(Math.abs(decoded / ceiling - 1) < 0.05);
    }),
  );
  assert.equal(decodeCeiling(encodeCeiling(0)), 0);
});

test('at any multiple of 64 the integer graph sees what the float graph sees', async () => {
  const exact = await multipliesIntegersExactly((model) => InferenceSession.create(model));
  const segmenter = await Segmenter.open(setup, new SessionPool(setup));
  assert.equal(segmenter.quick, exact ? 'int8' : 'float');
  for (const sizePx of [512, 576]) {
    const { rgb } = makeScene({ seed: 3, kind: 'product-on-white', widthPx: sizePx, heightPx: sizePx });
    const float = await segmenter.look({ precision: 'float', sizePx }, rgb);
    const quick = await segmenter.look({ precision: segmenter.quick, sizePx }, rgb);
    assert.equal(quick.alpha.length, sizePx * sizePx);
    const difference = float.alpha.reduce((sum, value, i) => sum + Math.abs(value - (quick.alpha[i] as number)), 0);
    assert.ok(difference / quick.alpha.length < 2, `mean difference ${difference / quick.alpha.length}`);
  }
});
