import type { ModelDescriptor } from '#processors/shared/models/model-descriptor.ts';
import { elementType } from '#processors/shared/onnx/graph.ts';
import type { GraphSummary, GraphValue } from './inspect-graph.ts';

/** How a graph is fed and read. */
export type Fit = Pick<ModelDescriptor, 'inputName' | 'outputName' | 'layout' | 'inputSizePx'>;

type Dims = readonly (number | string)[];

/**
 * Finds the picture that a graph takes and the mask that it gives.
 *
 * @param wishes what somebody said; it must agree with what the graph says
 * @throws RangeError when there is no such input or output, or more must be said; the message fits after "because"
 */
export function fitGraph(graph: GraphSummary, wishes: Partial<Fit>): Fit {
  const input = pick(graph.inputs, wishes.inputName, 'input');
  if (graph.inputs.length > 1) {
    throw new RangeError(
      `it wants ${graph.inputs.length} inputs (${namesOf(graph.inputs)}); one picture is all there is`,
    );
  }
  const dims = rankFour(input);
  const layout = wishes.layout ?? layoutOf(input, dims);
  const [batch, height, width, channels] = layout === 'nchw' ? order(dims, 0, 2, 3, 1) : order(dims, 0, 1, 2, 3);
  if (differs(batch, 1)) throw new RangeError(`it wants ${batch} pictures at once`);
  if (differs(channels, 3))
    throw new RangeError(`its input ${input.name} has ${channels} channels as ${layout}, not 3`);
  const inputSizePx = sizeOf(height, width, wishes.inputSizePx);
  const output = pick(graph.outputs, wishes.outputName, 'output');
  checkMask(output);
  return { inputName: input.name, outputName: output.name, layout, inputSizePx };
}

function pick(values: readonly GraphValue[], wished: string | undefined, kind: 'input' | 'output'): GraphValue {
  const value = wished === undefined ? values[0] : values.find(({ name }) => name === wished);
  if (value === undefined) {
    const has = values.length === 0 ? 'it has none' : `it has ${namesOf(values)}`;
    throw new RangeError(wished === undefined ? `it has no ${kind}` : `it has no ${kind} "${wished}"; ${has}`);
  }
  if (value.type !== elementType.float) {
    throw new RangeError(`its ${kind} ${value.name} is not of 32-bit floats (element type ${value.type})`);
  }
  return value;
}

function rankFour({ name, dims }: GraphValue): Dims {
  if (dims?.length === 4) return dims;
  throw new RangeError(`its input ${name} is no picture: its shape is ${shape(dims)}, not one of four dimensions`);
}

function layoutOf({ name }: GraphValue, dims: Dims): Fit['layout'] {
  if (dims[1] === 3) return 'nchw';
  if (dims[3] === 3) return 'nhwc';
  const advice = typeof dims[1] === 'string' || typeof dims[3] === 'string' ? '; say --layout nchw or nhwc' : '';
  throw new RangeError(`its input ${name} of ${shape(dims)} does not say where red, green and blue are${advice}`);
}

function sizeOf(height: number | string, width: number | string, wished: number | undefined): number {
  const fixed = [height, width].filter((side) => typeof side === 'number' && side > 0);
  const size = wished ?? fixed[0];
  if (typeof size !== 'number')
    throw new RangeError('its input may have any size; say which it was trained for: --input-size');
  const other = fixed.find((side) => side !== size);
  if (other === undefined) return size;
  const said = wished === undefined ? 'it is not square' : `not ${wished} as --input-size says`;
  throw new RangeError(`its input is ${width} × ${height}: ${said}`);
}

/** [1, 1, h, w], [1, h, w, 1] or [1, h, w]; a graph need not say. Read again when the mask is there. */
function checkMask({ name, dims }: GraphValue): void {
  if (dims === undefined) return;
  const channels = dims.length === 4 && (!differs(dims[1], 1) || !differs(dims[3], 1));
  if (!differs(dims[0], 1) && (dims.length === 3 || channels)) return;
  throw new RangeError(`its output ${name} is no mask: its shape is ${shape(dims)}; name another with --output-name`);
}

/** A dimension that is known only at run time, however it is written, differs from nothing. */
function differs(dim: number | string | undefined, wanted: number): boolean {
  return typeof dim === 'number' && dim > 0 && dim !== wanted;
}

function order(
  dims: Dims,
  ...at: [number, number, number, number]
): [number | string, number | string, number | string, number | string] {
  const [a, b, c, d] = at.map((index) => dims[index] ?? '?') as [string, string, string, string];
  return [a, b, c, d];
}

function namesOf(values: readonly GraphValue[]): string {
  return values
    .map(({ name }) => name)
    .join(', ')
    .slice(0, 200);
}

function shape(dims: Dims | undefined): string {
  return dims === undefined ? 'not said' : `[${dims.join(', ')}]`.slice(0, 100);
}
