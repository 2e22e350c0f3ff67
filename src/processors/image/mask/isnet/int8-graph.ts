import {
  bufferOf,
  elementType,
  floatsOf,
  floatTensor,
  type Graph,
  integersAttribute,
  type Node,
  type Tensor,
} from '#processors/shared/onnx/graph.ts';
import type { Calibration } from './calibration.ts';
import { balanceChannels, type ChannelFactors } from './channel-factors.ts';
import { alphaFrom, boundary, type IsnetCore, pixelsName, step, withOnlyUsed } from './float-graph.ts';

/** How a uint8 tensor stands for real numbers: real = (stored − zero) × scale. */
interface Quantisation {
  readonly scale: number;
  readonly zero: number;
}

const pixelQuantisation: Quantisation = { scale: 1 / 256, zero: 128 };
/** One scale for every activation, so that concatenation copies bytes and sums need no conversion. */
const activationQuantisation: Quantisation = { scale: 1 / 255, zero: 0 };
/** ±7: beyond it the sigmoid rounds to 0 or 255 anyway. */
const logitQuantisation: Quantisation = { scale: 14 / 255, zero: 128 };

/**
 * The graph that computes in 8-bit integers, for processors that multiply those several times as fast.
 *
 * Weights are symmetric per output channel; activations are unsigned with one common scale, after their channels
 * were balanced (see channel-factors.ts), which changes nothing in exact arithmetic. Same boundary as the float graph.
 */
export function buildInt8Graph(core: IsnetCore, calibration: Calibration): Graph {
  const factors = balanceChannels(core, calibration, activationQuantisation.scale * 255);
  const writer = new GraphWriter(core, factors, calibration);
  for (const node of core.nodes) writer.convert(node);
  const nodes = [
    step('Transpose', [pixelsName], core.inputName, [integersAttribute('perm', [0, 3, 1, 2])]),
    ...writer.nodes,
    step('DequantizeLinear', [core.logitsName, ...writer.quantised(logitQuantisation)], 'logits:real'),
    ...alphaFrom(core, 'logits:real', writer.tensors),
  ];
  return { nodes, tensors: withOnlyUsed(writer.tensors, nodes), ...boundary };
}

class GraphWriter {
  readonly nodes: Node[] = [];
  readonly tensors: Map<string, Tensor>;
  readonly #core: IsnetCore;
  readonly #factors: ChannelFactors;
  /** Tensors whose scale is not the common one. */
  readonly #special: Map<string, Quantisation>;
  /** Convolution output → the activation that follows it. */
  readonly #activated: Map<string, string>;

  constructor(core: IsnetCore, factors: ChannelFactors, calibration: Calibration) {
    this.tensors = new Map([...core.tensors].filter(([, tensor]) => tensor.dims.length === 1));
    this.#core = core;
    this.#factors = factors;
    const relus = core.nodes.filter((node) => node.op === 'Relu');
    this.#activated = new Map(relus.map((relu) => [relu.inputs[0] as string, relu.outputs[0] as string]));
    this.#special = new Map([
      [core.inputName, pixelQuantisation],
      [core.logitsName, logitQuantisation],
      ...[...calibration.signed].map(([name, range]) => [name, signedQuantisation(range)] as const),
    ]);
  }

  convert(node: Node): void {
    const [input, second] = node.inputs as [string, string];
    const output = node.outputs[0] as string;
    if (node.op === 'Conv') this.#convolution(node, this.#activated.get(output) ?? output);
    else if (node.op === 'Add') this.#sum(input, second, output);
    // An activation is its convolution's saturation at zero; everything else moves bytes and stays as it is.
    else if (node.op !== 'Relu') this.nodes.push(node);
  }

  /** Names of the scale and zero-point constants. */
  quantised(quantisation: Quantisation, type: number = elementType.uint8): [scale: string, zero: string] {
    const scale = `scale:${quantisation.scale}`;
    const zero = `zero:${type}:${quantisation.zero}`;
    this.tensors.set(scale, floatTensor([], [quantisation.scale]));
    this.tensors.set(zero, { type, dims: [], data: bufferOf(Uint8Array.of(quantisation.zero)) });
    return [scale, zero];
  }

  #quantisationOf(name: string): Quantisation {
    return this.#special.get(name) ?? activationQuantisation;
  }

  #convolution(node: Node, output: string): void {
    const [input, weightName, biasName] = node.inputs as [string, string, string];
    const weight = this.#core.tensors.get(weightName) as Tensor;
    const bias = floatsOf(this.#core.tensors.get(biasName) as Tensor);
    const inputScale = this.#quantisationOf(input).scale;
    const quantised = quantiseConvolution(weight, bias, {
      input: this.#factors.of(input),
      output: this.#factors.of(output),
      inputScale,
    });
    const names = ['weight', 'scale', 'zero', 'bias'].map((part) => `${output}:${part}`);
    const channels = weight.dims[0] as number;
    this.tensors.set(names[0] as string, {
      type: elementType.int8,
      dims: weight.dims,
      data: bufferOf(quantised.weight),
    });
    this.tensors.set(names[1] as string, floatTensor([channels], quantised.scale));
    this.tensors.set(names[2] as string, { type: elementType.int8, dims: [channels], data: Buffer.alloc(channels) });
    this.tensors.set(names[3] as string, { type: elementType.int32, dims: [channels], data: bufferOf(quantised.bias) });
    this.nodes.push({
      ...node,
      op: 'QLinearConv',
      inputs: [
        input,
        ...this.quantised(this.#quantisationOf(input)),
        ...names.slice(0, 3),
        ...this.quantised(this.#quantisationOf(output)),
        names[3] as string,
      ],
      outputs: [output],
    });
  }

  #sum(a: string, b: string, output: string): void {
    const common = this.quantised(activationQuantisation);
    this.nodes.push(step('QLinearAdd', [a, ...common, b, ...common, ...common], output, [], 'com.microsoft'));
  }
}

interface ConvolutionContext {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly inputScale: number;
}

function quantiseConvolution(weight: Tensor, bias: Float32Array, context: ConvolutionContext) {
  const source = floatsOf(weight);
  const [outputs, inputs, ...kernel] = weight.dims as [number, number, ...number[]];
  const taps = kernel.reduce((product, size) => product * size, 1);
  const quantised = new Int8Array(source.length);
  const scale = new Float32Array(outputs);
  const quantisedBias = new Int32Array(outputs);
  const row = new Float64Array(inputs * taps);
  for (let output = 0; output < outputs; output++) {
    const outputFactor = context.output[output] as number;
    let largest = 1e-12;
    for (let index = 0; index < row.length; index++) {
      const inputFactor = context.input[Math.floor(index / taps)] as number;
      const value = ((source[output * row.length + index] as number) * inputFactor) / outputFactor;
      row[index] = value;
      largest = Math.max(largest, Math.abs(value));
    }
    const rowScale = largest / 127;
    scale[output] = rowScale;
    for (let index = 0; index < row.length; index++)
      quantised[output * row.length + index] = Math.round((row[index] as number) / rowScale);
    quantisedBias[output] = Math.round((bias[output] as number) / outputFactor / (rowScale * context.inputScale));
  }
  return { weight: quantised, scale, bias: quantisedBias };
}

function signedQuantisation([low, high]: readonly [number, number]): Quantisation {
  const scale = (high - low) / 255;
  return { scale, zero: Math.round(-low / scale) };
}
