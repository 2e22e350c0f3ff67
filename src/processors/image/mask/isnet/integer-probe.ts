import { type InferenceSession, Tensor } from 'onnxruntime-node';
import {
  bufferOf,
  elementType,
  floatTensor,
  type Graph,
  integersAttribute,
  writeModel,
} from '#processors/shared/onnx/graph.ts';
import { step } from './float-graph.ts';

const channels = 64;
const outputs = 16;
const sidePx = 8;
const taps = 9;
const expected = 200;

/**
 * Whether this machine multiplies 8-bit integers exactly.
 *
 * Older x86 processors add two products in 16 bits and cut off what does not fit: quick, silent and wrong. Newer
 * ones (VNNI, AMX; dot products on ARM) add in 32 bits. Instead of reading feature flags, a convolution of largest
 * values whose result is known is run once: where it comes out wrong, only the float graph is used.
 *
 * @param open starts a session from a model's bytes, with the options that the real one will have
 */
export async function multipliesIntegersExactly(open: (model: Buffer) => Promise<InferenceSession>): Promise<boolean> {
  const session = await open(Buffer.concat(writeModel(probeGraph())));
  try {
    const brightest = new Uint8Array(channels * sidePx * sidePx).fill(255);
    const results = await session.run({ x: new Tensor('uint8', brightest, [1, channels, sidePx, sidePx]) });
    const y = results['y']?.data as Uint8Array;
    const centre = (sidePx / 2) * sidePx + sidePx / 2;
    return Array.from({ length: outputs }, (_, channel) => y[channel * sidePx * sidePx + centre]).every(
      (value) => value === expected,
    );
  } finally {
    await session.release();
  }
}

function probeGraph(): Graph {
  const sum = 255 * 127 * channels * taps;
  const ones = floatTensor([], [1]);
  const zero = { type: elementType.uint8, dims: [], data: Buffer.alloc(1) };
  return {
    nodes: [
      step('QLinearConv', ['x', 'one', 'zero', 'weight', 'one', 'weightZero', 'outputScale', 'zero'], 'y', [
        integersAttribute('kernel_shape', [3, 3]),
        integersAttribute('pads', [1, 1, 1, 1]),
      ]),
    ],
    tensors: new Map([
      ['one', ones],
      ['zero', zero],
      ['weightZero', { ...zero, type: elementType.int8 }],
      ['outputScale', floatTensor([], [sum / expected])],
      [
        'weight',
        {
          type: elementType.int8,
          dims: [outputs, channels, 3, 3],
          data: bufferOf(new Int8Array(outputs * channels * taps).fill(127)),
        },
      ],
    ]),
    inputs: [{ name: 'x', type: elementType.uint8, dims: [1, channels, sidePx, sidePx] }],
    outputs: [{ name: 'y', type: elementType.uint8, dims: [1, outputs, sidePx, sidePx] }],
  };
}
