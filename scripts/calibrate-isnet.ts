/**
 * Measures how high each channel of IS-Net's activations goes, for the 8-bit graph.
 *
 *   node scripts/calibrate-isnet.ts <folder of photographs>
 *
 * Writes src/processors/image/mask/isnet/calibration.json. Needed again only when the weights change.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeCeiling } from '../src/processors/image/mask/isnet/calibration.ts';
import {
  buildFloatGraph,
  type IsnetCore,
  pixelsName,
  reduceIsnet,
  step,
} from '../src/processors/image/mask/isnet/float-graph.ts';
import { readPublishedIsnet } from '../src/processors/image/mask/isnet/published.ts';
import { decodeForModel } from '../src/processors/shared/image/decode.ts';
import {
  elementType,
  integerAttribute,
  integersAttribute,
  readModel,
  writeModel,
} from '../src/processors/shared/onnx/graph.ts';

const sizePx = 1024;
/** A ceiling is this many times what a calm picture reaches: rare outliers may saturate. */
const headroom = 3;
const calmQuantile = 0.35;

const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: node scripts/calibrate-isnet.ts <folder of photographs>');
const core = reduceIsnet(readModel(await readPublishedIsnet()));
const measured = core.nodes
  .filter((node) => node.op === 'Relu' || node.op === 'Add')
  .map((node) => node.outputs[0] as string);
const rectified = new Set(core.nodes.filter((node) => node.op === 'Relu').map((node) => node.inputs[0] as string));
const convolutions = core.nodes.filter((node) => node.op === 'Conv');
const signed = convolutions
  .map((node) => node.outputs[0] as string)
  .filter((name) => !rectified.has(name) && name !== core.logitsName);

const session = await openProbe(core);
const highs = new Map<string, number[][]>();
const lows = new Map<string, number[][]>();
for (const file of (await readdir(folder)).sort()) {
  const pixels = await decodeForModel(join(folder, file), sizePx, sizePx);
  const results = await session.run({ [pixelsName]: new Tensor('uint8', pixels, [1, sizePx, sizePx, 3]) });
  for (const name of [...measured, ...signed]) append(highs, name, results[`max:${name}`]);
  for (const name of signed) append(lows, name, results[`min:${name}`]);
}

const ceilings = measured.map((name) => [
  name,
  Buffer.from(perChannel(highs.get(name) ?? []).map(encodeCeiling)).toString('base64'),
]);
const ranges = signed.map((name) => [
  name,
  [Math.min(...(lows.get(name) ?? []).flat()), Math.max(...(highs.get(name) ?? []).flat())],
]);
const counts = convolutions.map((node) => [node.outputs[0], core.tensors.get(node.inputs[1] as string)?.dims[0]]);
const file = {
  ceilings: Object.fromEntries(ceilings),
  signed: Object.fromEntries(ranges),
  channelCounts: Object.fromEntries(counts),
};
await writeFile(
  new URL('../src/processors/image/mask/isnet/calibration.json', import.meta.url),
  `${JSON.stringify(file, null, 2)}\n`,
);

function perChannel(byPicture: readonly number[][]): number[] {
  return (byPicture[0] ?? []).map((_, channel) => {
    const values = byPicture.map((picture) => picture[channel] as number).sort((a, b) => a - b);
    const calm = values[Math.floor(values.length * calmQuantile)] as number;
    return Math.min(values.at(-1) as number, headroom * calm);
  });
}

function append(into: Map<string, number[][]>, name: string, tensor: Tensor | undefined): void {
  const values = Array.from((tensor?.data ?? []) as Float32Array);
  into.set(name, [...(into.get(name) ?? []), values]);
}

/** The float graph with the extremes of every activation as its outputs. */
async function openProbe(core: IsnetCore): Promise<InferenceSession> {
  const graph = buildFloatGraph(core);
  const attributes = [integerAttribute('keepdims', 0), integersAttribute('axes', [0, 2, 3])];
  const outputs = [...measured, ...signed].map((name) => `max:${name}`).concat(signed.map((name) => `min:${name}`));
  for (const name of outputs)
    graph.nodes.push(step(name.startsWith('max') ? 'ReduceMax' : 'ReduceMin', [name.slice(4)], name, attributes));
  graph.outputs.splice(0, 1, ...outputs.map((name, index) => ({ name, type: elementType.float, dims: [`c${index}`] })));
  const scratch = await mkdtemp(join(tmpdir(), 'calibrate-'));
  try {
    const path = join(scratch, 'probe.onnx');
    await writeFile(path, writeModel(graph));
    return await InferenceSession.create(path);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
