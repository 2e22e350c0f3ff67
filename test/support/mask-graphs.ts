import {
  elementType,
  floatTensor,
  type Graph,
  integersAttribute,
  type Node,
  type ValueInfo,
  writeModel,
} from '../../src/processors/shared/onnx/graph.ts';

export interface MaskGraph {
  /** A side that is fixed, or a dimension that is known at run time only. */
  readonly size?: number | string;
  readonly layout?: 'nchw' | 'nhwc';
  /** The output is weights · channels + bias at every pixel: a mask that can be calculated by hand. */
  readonly weights?: readonly [number, number, number];
  readonly bias?: number;
  /** How many channels its weights are for: another number than 3 makes a graph that cannot run. */
  readonly channels?: number;
  /** Makes files of different sizes that compute the same. */
  readonly ballastBytes?: number;
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  more: Partial<Node> = {},
): Node {
  return { op, inputs, outputs, attributes: new Map(), ...more };
}

/** A network of one convolution of one pixel: its side output `twice` is the mask doubled. */
export function maskGraph(options: MaskGraph = {}): Graph {
  const { size = 32, layout = 'nchw', weights = [1, 0, 0], bias = 0, ballastBytes = 0, channels = 3 } = options;
  const channelsLast = layout === 'nhwc';
  const input: ValueInfo = {
    name: 'picture',
    type: elementType.float,
    dims: channelsLast ? [1, size, size, 3] : [1, 3, size, size],
  };
  const output = (name: string): ValueInfo => ({ name, type: elementType.float, dims: [1, 1, size, size] });
  const transposed = node('Transpose', ['picture'], ['planes'], {
    attributes: new Map([integersAttribute('perm', [0, 3, 1, 2])]),
  });
  return {
    nodes: [
      ...(channelsLast ? [transposed] : []),
      node('Conv', [channelsLast ? 'planes' : 'picture', 'weights', 'bias'], ['mask']),
      node('Add', ['mask', 'mask'], ['twice']),
    ],
    tensors: new Map([
      ['weights', floatTensor([1, channels, 1, 1], channels === 3 ? weights : new Float32Array(channels))],
      ['bias', floatTensor([1], [bias])],
      ...(ballastBytes > 0 ? [['ballast', floatTensor([ballastBytes / 4], noise(ballastBytes / 4))] as const] : []),
    ]),
    inputs: [input],
    outputs: [output('mask'), output('twice')],
  };
}

export function maskModel(options: MaskGraph = {}): Buffer {
  return Buffer.concat(writeModel(maskGraph(options)));
}

/** The same in every run, and nothing that compresses or repeats. */
function noise(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
}
