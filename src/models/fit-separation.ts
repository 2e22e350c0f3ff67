import type { SeparationDescriptor } from '#processors/shared/models/separation-descriptor.ts';
import { elementType } from '#processors/shared/onnx/graph.ts';
import type { GraphSummary, GraphValue } from './inspect-graph.ts';

/** What a graph does not say of itself. */
export type SeparationFacts = Pick<
  SeparationDescriptor,
  'shape' | 'sampleRateHz' | 'stems' | 'overlap' | 'normalisation'
>;

/** How a graph is fed and read. */
export type SeparationFit = Pick<
  SeparationDescriptor,
  'inputName' | 'outputNames' | 'segment' | 'fftSize' | 'hop' | 'bins'
>;

type Dims = readonly (number | string)[];

const usualFftSize = 4096;
const usualHop = 1024;

/**
 * Finds the music that a graph takes and the stems that it gives.
 *
 * @param wishes what somebody said; it must agree with what the graph says
 * @throws RangeError when they do not agree, or more must be said; the message fits after "because"
 */
export function fitSeparation(
  graph: GraphSummary,
  wishes: Pick<SeparationFacts, 'shape' | 'stems'> & Partial<SeparationFit>,
): SeparationFit {
  const { shape, stems } = wishes;
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input === undefined) {
    throw new RangeError(`it wants ${graph.inputs.length} inputs; one recording is all there is`);
  }
  if (wishes.inputName !== undefined && wishes.inputName !== input.name) {
    throw new RangeError(`it has no input "${wishes.inputName}"; it has ${input.name}`);
  }
  const first = graph.outputs.slice(0, shape === 'demucs' ? 1 : stems.length).map(({ name }) => name);
  const outputs = (wishes.outputNames ?? first).map((wished) => named(graph.outputs, wished));
  for (const { name, type } of [input, ...outputs]) {
    if (type !== elementType.float) throw new RangeError(`its ${name} is not of 32-bit floats (element type ${type})`);
  }
  const fit = { inputName: input.name, outputNames: outputs.map(({ name }) => name) };
  return shape === 'demucs'
    ? { ...fit, segment: fitSamples(input, outputs, stems.length, wishes.segment) }
    : { ...fit, ...fitMagnitudes(shape, input, outputs, stems.length, wishes) };
}

function fitSamples(input: GraphValue, outputs: readonly GraphValue[], stems: number, wished?: number): number {
  const length = agreed(dimsOf(input, [1, 2, undefined]), 2, wished, '--segment');
  if (length === undefined) throw new RangeError('its input may have any length; say --segment, in samples');
  const [output] = outputs;
  if (outputs.length !== 1 || output === undefined) throw new RangeError('a demucs has one output for all stems');
  if (output.dims !== undefined) dimsOf(output, [1, stems, 2, length]);
  return length;
}

function fitMagnitudes(
  shape: 'open-unmix' | 'spleeter',
  input: GraphValue,
  outputs: readonly GraphValue[],
  stems: number,
  wishes: Partial<SeparationFit>,
): Required<Pick<SeparationDescriptor, 'segment' | 'fftSize' | 'hop' | 'bins'>> {
  if (outputs.length !== stems) throw new RangeError(`it has ${outputs.length} outputs for ${stems} stems`);
  const { fftSize = usualFftSize, hop = usualHop } = wishes;
  if (!Number.isInteger(Math.log2(fftSize))) throw new RangeError(`a transform of ${fftSize} is no power of two`);
  if (hop > fftSize / 2) throw new RangeError(`frames of ${fftSize} do not overlap at a hop of ${hop}`);
  const dims = dimsOf(input, [1, 2, undefined, undefined]);
  const [binsAt, framesAt] = shape === 'open-unmix' ? [2, 3] : [3, 2];
  const bins = agreed(dims, binsAt, wishes.bins, '--bins') ?? fftSize / 2 + 1;
  if (bins > fftSize / 2 + 1) throw new RangeError(`a transform of ${fftSize} does not have ${bins} bins`);
  const segment = agreed(dims, framesAt, wishes.segment, '--segment');
  if (segment === undefined) throw new RangeError('its input may have any length; say --segment, in frames');
  const whole = shape === 'open-unmix' ? [1, 2, bins, segment] : [1, 2, segment, bins];
  for (const output of outputs) if (output.dims !== undefined) dimsOf(output, whole);
  return { segment, fftSize, hop, bins };
}

function named(outputs: readonly GraphValue[], wished: string): GraphValue {
  const found = outputs.find(({ name }) => name === wished);
  if (found !== undefined) return found;
  const names = outputs.map(({ name }) => name).join(', ');
  throw new RangeError(`it has no output "${wished}"; it has ${names.slice(0, 200)}`);
}

/** @param wanted undefined where any number will do */
function dimsOf({ name, dims }: GraphValue, wanted: readonly (number | undefined)[]): Dims {
  const fits =
    dims?.length === wanted.length &&
    dims.every((dim, i) => isOpen(dim) || wanted[i] === undefined || dim === wanted[i]);
  if (dims !== undefined && fits) return dims;
  const said = dims === undefined ? 'not said' : `[${dims.join(', ')}]`.slice(0, 100);
  throw new RangeError(`the shape of its ${name} is ${said}, not [${wanted.map((dim) => dim ?? 'any').join(', ')}]`);
}

function agreed(dims: Dims, at: number, wished: number | undefined, option: string): number | undefined {
  const dim = dims[at];
  if (dim === undefined || isOpen(dim)) return wished;
  if (wished !== undefined && wished !== dim) throw new RangeError(`it takes ${dim}, not ${wished} as ${option} says`);
  return Number(dim);
}

/** A dimension that is known only at run time, however it is written. */
function isOpen(dim: number | string): boolean {
  return typeof dim === 'string' || dim <= 0;
}
