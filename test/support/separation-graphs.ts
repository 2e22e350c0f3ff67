import {
  bufferOf,
  elementType,
  floatTensor,
  type Graph,
  type Tensor,
  writeModel,
} from '../../src/processors/shared/onnx/graph.ts';
import { node } from './mask-graphs.ts';

export interface SamplesGraph {
  /** Of a segment; a name where the graph is to leave it open. */
  readonly segment: number | string;
  /** Each stem is the recording times its weight. */
  readonly weights: readonly number[];
  /** And times this, sample by sample of a segment: a network that does worse here than there. */
  readonly gains?: Float32Array;
}

/** The shape of Demucs: [1, 2, N] → [1, stems, 2, N]. */
export function samplesModel({ segment, weights, gains }: SamplesGraph): Buffer {
  const whole = gains ?? Float32Array.of(1);
  const graph: Graph = {
    nodes: [
      node('Unsqueeze', ['mix', 'axis'], ['raised']),
      node('Mul', ['raised', 'weights'], ['weighted']),
      node('Mul', ['weighted', 'gains'], ['stems']),
    ],
    tensors: new Map<string, Tensor>([
      ['axis', { type: elementType.int64, dims: [1], data: bufferOf(BigInt64Array.of(1n)) }],
      ['weights', floatTensor([1, weights.length, 1, 1], weights)],
      ['gains', floatTensor([1, 1, 1, whole.length], whole)],
    ]),
    inputs: [{ name: 'mix', type: elementType.float, dims: [1, 2, segment] }],
    outputs: [{ name: 'stems', type: elementType.float, dims: [1, weights.length, 2, segment] }],
  };
  return Buffer.concat(writeModel(graph));
}

export interface MagnitudesGraph {
  /** [1, 2, bins, frames] or [1, 2, frames, bins]. */
  readonly dims: readonly [number | string, number | string];
  /** Each output is the magnitudes times its weight. */
  readonly weights: readonly number[];
}

/** The shapes of Open-Unmix and Spleeter. */
export function magnitudesModel({ dims, weights }: MagnitudesGraph): Buffer {
  const shape = [1, 2, ...dims];
  const graph: Graph = {
    nodes: weights.map((_, i) => node('Mul', ['mix', `weight${i}`], [`stem${i}`])),
    tensors: new Map(weights.map((weight, i) => [`weight${i}`, floatTensor([1], [weight])])),
    inputs: [{ name: 'mix', type: elementType.float, dims: shape }],
    outputs: weights.map((_, i) => ({ name: `stem${i}`, type: elementType.float, dims: shape })),
  };
  return Buffer.concat(writeModel(graph));
}
