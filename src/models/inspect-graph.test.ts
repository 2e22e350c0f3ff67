import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { elementType, type Graph, writeModel } from '#processors/shared/onnx/graph.ts';
import { bytesField, integerField, textField } from '#processors/shared/onnx/protobuf.ts';
import { maskGraph, maskModel, node } from '../../test/support/mask-graphs.ts';
import { type Fit, fitGraph } from './fit-graph.ts';
import { inspectGraph } from './inspect-graph.ts';

let dir: string;
let written = 0;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-graphs-'));
});
after(() => rm(dir, { recursive: true }));

async function inspect(model: Buffer) {
  const path = join(dir, `${++written}.onnx`);
  await writeFile(path, model);
  return inspectGraph(path);
}

const inspectChanged = (change: Partial<Graph>) => inspect(Buffer.concat(writeModel({ ...maskGraph(), ...change })));

/** A graph whose only operation has this attribute. */
const withAttribute = (...attribute: readonly Buffer[]) =>
  inspectChanged({
    nodes: [node('Identity', ['picture'], ['mask'], { attributes: new Map([['a', Buffer.concat(attribute)]]) })],
  });

const external = [...integerField(2, 1), ...textField(8, 'w'), ...bytesField(13, textField(1, 'location'))];
const elsewhere = [...integerField(2, 1), ...textField(8, 'w'), ...integerField(14, 1)];
const graphOf = (tensor: readonly Buffer[]) => bytesField(5, tensor);
const modelWith = (...fields: readonly Buffer[]) => Buffer.concat([...writeModel(maskGraph()), ...fields]);

test('a graph says what it takes and gives, and its weights are no input', async () => {
  const plain = maskGraph();
  // Old exporters list weights as inputs, too.
  const weights = { name: 'weights', type: elementType.float, dims: [1, 3, 1, 1] };
  const summary = await inspectChanged({ inputs: [weights, ...plain.inputs] });
  assert.deepEqual(summary.inputs, [{ name: 'picture', type: 1, dims: [1, 3, 32, 32] }]);
  assert.deepEqual(
    summary.outputs.map(({ name }) => name),
    ['mask', 'twice'],
  );
  assert.equal(summary.nodes, 2);
});

test('weights in another file are refused wherever they hide', async () => {
  const refused = /weights in another file/;
  for (const tensor of [external, elsewhere]) {
    const places = {
      initializer: () => inspect(modelWith(...bytesField(7, graphOf(tensor)))),
      sparse: () => inspect(modelWith(...bytesField(7, bytesField(15, bytesField(1, tensor))))),
      attribute: () => withAttribute(...textField(1, 'a'), ...bytesField(5, tensor)),
      list: () => withAttribute(...textField(1, 'a'), ...bytesField(10, tensor)),
      sparseAttribute: () => withAttribute(...bytesField(22, bytesField(2, tensor))),
      subgraph: () => withAttribute(...bytesField(6, graphOf(tensor))),
      subgraphs: () => withAttribute(...bytesField(11, graphOf(tensor))),
      function: () => inspect(modelWith(...bytesField(25, bytesField(7, bytesField(5, bytesField(5, tensor)))))),
    };
    for (const [place, inspected] of Object.entries(places)) await assert.rejects(inspected, refused, place);
  }
});

test('operators that ONNX Runtime does not have, or that load files, are refused', async () => {
  const custom = node('Steal', ['picture'], ['mask'], { domain: 'com.example' });
  await assert.rejects(inspectChanged({ nodes: [custom] }), /operator Steal of com\.example/);
  const context = node('EPContext', ['picture'], ['mask'], { domain: 'com.microsoft' });
  await assert.rejects(inspectChanged({ nodes: [context] }), /EPContext loads other files/);
  const nested = bytesField(1, [...textField(4, 'Steal'), ...textField(7, 'com.example')]);
  await assert.rejects(withAttribute(...bytesField(6, nested)), /operator Steal/);
});

test('absurd sizes and depths are refused', async () => {
  const huge = [...integerField(1, 2 ** 40), ...integerField(2, 1)];
  await assert.rejects(inspect(modelWith(...bytesField(7, graphOf(huge)))), /tensor of 1099511627776 numbers/);
  const packed = bytesField(1, [Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x40])]);
  await assert.rejects(inspect(modelWith(...bytesField(7, graphOf(packed)))), /tensor of/);
  let deep = bytesField(1, textField(4, 'If'));
  for (let depth = 0; depth < 40; depth++) deep = bytesField(1, bytesField(5, bytesField(6, deep)));
  await assert.rejects(inspect(modelWith(...bytesField(7, deep))), /nested too deeply/);
});

test('what is no ONNX model is refused with a RangeError, whatever its bytes', async () => {
  for (const bytes of ['', 'plain text', '\x89PNG\r\n\x1a\n', '{"a":1}']) {
    await assert.rejects(inspect(Buffer.from(bytes)), RangeError);
  }
  const model = maskModel();
  await assert.rejects(inspect(model.subarray(0, -3)), RangeError);
  const change = fc.record({ at: fc.nat({ max: model.length - 1 }), to: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const damaged = Buffer.from(model);
      for (const { at, to } of changes) damaged[at] = to;
      await inspect(damaged).catch((error: unknown) => assert.ok(error instanceof RangeError, String(error)));
    }),
    { numRuns: 300 },
  );
});

const fit = async (change: Partial<Graph>, wishes: Partial<Fit> = {}) => fitGraph(await inspectChanged(change), wishes);
const float = (name: string, dims: (number | string)[], type: number = elementType.float) => ({ name, type, dims });

test('size, layout and names come from the graph where it says them', async () => {
  const nhwc = await inspect(maskModel({ layout: 'nhwc', size: 48 }));
  const names = { inputName: 'picture', outputName: 'mask' };
  assert.deepEqual(await fit({}), { ...names, layout: 'nchw', inputSizePx: 32 });
  assert.deepEqual(fitGraph(nhwc, {}), { ...names, layout: 'nhwc', inputSizePx: 48 });
  const open = await inspect(maskModel({ size: 'side' }));
  assert.deepEqual(fitGraph(open, { inputSizePx: 64 }), { ...names, layout: 'nchw', inputSizePx: 64 });
  assert.equal((await fit({}, { outputName: 'twice' })).outputName, 'twice');
});

test('what takes no picture, gives no mask or needs more to be said is refused, with the reason', async () => {
  const cases: [Partial<Graph>, Partial<Fit>, RegExp][] = [
    [{ inputs: [] }, {}, /no input/],
    [{ outputs: [] }, {}, /no output/],
    [{ inputs: [float('x', [1, 3, 32, 32]), float('y', [1])] }, {}, /wants 2 inputs \(x, y\)/],
    [{ inputs: [float('x', [1, 3, 32, 32], elementType.float16)] }, {}, /not of 32-bit floats/],
    [{ inputs: [float('x', [1, 768])] }, {}, /no picture: its shape is \[1, 768\]/],
    [{ inputs: [float('x', [1, 4, 32, 32])] }, {}, /does not say where red/],
    [{ inputs: [float('x', [1, 'c', 'h', 'w'])] }, {}, /say --layout/],
    [{ inputs: [float('x', [8, 3, 32, 32])] }, {}, /8 pictures at once/],
    [{ inputs: [float('x', [1, 3, 32, 48])] }, {}, /48 × 32: it is not square/],
    [{ inputs: [float('x', [1, 3, 'h', 'w'])] }, {}, /--input-size/],
    [{}, { inputSizePx: 64 }, /not 64 as --input-size says/],
    [{}, { layout: 'nhwc' }, /32 channels as nhwc/],
    [{}, { inputName: 'image' }, /no input "image"; it has picture/],
    [{ outputs: [float('classes', [1, 1000])] }, {}, /no mask: its shape is \[1, 1000\]/],
    [{ outputs: [float('both', [1, 2, 32, 32])] }, {}, /no mask/],
  ];
  for (const [change, wishes, reason] of cases) await assert.rejects(fit(change, wishes), reason);
});
