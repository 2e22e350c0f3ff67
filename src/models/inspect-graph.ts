import { MessageFile, type Span, type SpanField } from '#processors/shared/onnx/message-file.ts';

/** What a graph says of itself, read without native code and without its weights. */
export interface GraphSummary {
  /** What has to be fed: inputs without a value of their own. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: number;
}

export interface GraphValue {
  readonly name: string;
  /** Element type, as numbered by ONNX; 0 when it is no tensor. */
  readonly type: number;
  /** A string is a dimension that is known only at run time; undefined when nothing is said of the shape. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** Operators of ONNX itself, and those that come with ONNX Runtime for every platform. */
const knownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'com.microsoft']);
/** Operators that load what a file name in the graph says. */
const loadingOperators: ReadonlySet<string> = new Set(['EPContext']);

/** The largest published segmentation graphs have a tenth of these. */
const maxFields = 10_000_000;
const maxNodes = 200_000;
const maxDepth = 16;
const maxElements = 2 ** 31;

/**
 * Looks through a whole file, subgraphs and functions included.
 *
 * @throws RangeError when it is no ONNX model, or has data outside itself, operators of its own, or absurd sizes; the
 *   message says which and fits after "because"
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the field numbers
 */
export function inspectGraph(path: string): GraphSummary {
  using file = new MessageFile(path, maxFields);
  const inspection = { file, nodes: 0 };
  let versioned = false;
  let summary: GraphSummary | undefined;
  for (const field of file.fields({ start: 0, end: file.sizeBytes })) {
    if (field.number === 1 && !field.isMessage) versioned = true;
    else if (field.number === 7 && field.isMessage) summary = inspectGraphPart(inspection, field, 0);
    else if (field.number === 20) throw new RangeError('it is made for training');
    else if (field.number === 25) inspectFunction(inspection, field);
  }
  if (!versioned || summary === undefined) throw new RangeError('it holds no ONNX graph');
  return { ...summary, nodes: inspection.nodes };
}

interface Inspection {
  readonly file: MessageFile;
  nodes: number;
}

function inspectGraphPart(inspection: Inspection, graph: Span, depth: number): GraphSummary {
  if (depth > maxDepth) throw new RangeError('its graphs are nested too deeply');
  const { file } = inspection;
  const given = new Set<string>();
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  for (const field of file.fields(graph)) {
    if (field.number === 1) inspectNode(inspection, field, depth);
    else if (field.number === 5) given.add(inspectTensor(file, field));
    else if (field.number === 11) inputs.push(readValue(file, field));
    else if (field.number === 12) outputs.push(readValue(file, field));
    else if (field.number === 15) inspectSparseTensor(file, field);
  }
  return { inputs: inputs.filter(({ name }) => !given.has(name)), outputs, nodes: 0 };
}

function inspectFunction(inspection: Inspection, fn: Span): void {
  for (const field of inspection.file.fields(fn)) {
    if (field.number === 7) inspectNode(inspection, field, 1);
    if (field.number === 11) inspectAttribute(inspection, field, 1);
  }
}

function inspectNode(inspection: Inspection, node: Span, depth: number): void {
  if (++inspection.nodes > maxNodes) throw new RangeError(`it has more than ${maxNodes} operations`);
  const { file } = inspection;
  let operator = '';
  let domain = '';
  for (const field of file.fields(node)) {
    if (field.number === 4) operator = file.text(field);
    else if (field.number === 7) domain = file.text(field);
    else if (field.number === 5) inspectAttribute(inspection, field, depth);
  }
  if (!knownDomains.has(domain)) {
    throw new RangeError(`it uses the operator ${operator} of ${domain}, which is not part of ONNX Runtime`);
  }
  if (loadingOperators.has(operator)) throw new RangeError(`its operator ${operator} loads other files`);
}

function inspectAttribute(inspection: Inspection, attribute: Span, depth: number): void {
  const { file } = inspection;
  for (const field of file.fields(attribute)) {
    if (!field.isMessage) continue;
    if (field.number === 5 || field.number === 10) inspectTensor(file, field);
    else if (field.number === 6 || field.number === 11) inspectGraphPart(inspection, field, depth + 1);
    else if (field.number === 22 || field.number === 23) inspectSparseTensor(file, field);
  }
}

function inspectSparseTensor(file: MessageFile, tensor: Span): void {
  for (const field of file.fields(tensor)) if (field.number === 1 || field.number === 2) inspectTensor(file, field);
}

/** @returns its name */
function inspectTensor(file: MessageFile, tensor: Span): string {
  let name = '';
  let elements = 1;
  for (const field of file.fields(tensor)) {
    if (field.number === 8) name = file.text(field);
    else if (field.number === 1) for (const dim of file.integers(field)) elements *= Number(BigInt.asIntN(64, dim));
    else if (field.number === 13) throw new RangeError('it keeps its weights in another file');
    else if (field.number === 14 && field.integer !== 0n) throw new RangeError('it keeps its weights in another file');
  }
  if (elements < 0 || elements > maxElements) throw new RangeError(`it has a tensor of ${elements} numbers`);
  return name;
}

function readValue(file: MessageFile, value: Span): GraphValue {
  let name = '';
  let tensorType: Span | undefined;
  for (const field of file.fields(value)) {
    if (field.number === 1) name = file.text(field);
    else if (field.number === 2) tensorType = find(file, field, 1);
  }
  if (tensorType === undefined) return { name, type: 0, dims: undefined };
  let type = 0;
  let dims: (number | string)[] | undefined;
  for (const field of file.fields(tensorType)) {
    if (field.number === 1) type = Number(field.integer);
    else if (field.number === 2) dims = [...file.fields(field)].map((dim) => readDimension(file, dim));
  }
  return { name, type, dims };
}

function readDimension(file: MessageFile, dim: Span): number | string {
  for (const field of file.fields(dim)) {
    if (field.number === 1) return Number(BigInt.asIntN(64, field.integer));
    if (field.number === 2) return file.text(field);
  }
  return '?';
}

function find(file: MessageFile, message: Span, number: number): SpanField | undefined {
  for (const field of file.fields(message)) if (field.number === number) return field;
  return undefined;
}
