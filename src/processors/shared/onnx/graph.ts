import { bytesField, integerField, type Pieces, readFields, textField } from './protobuf.ts';

/**
 * An ONNX graph as plain data: enough to read a model, change its nodes and weights and write it again.
 *
 * Control flow, sparse and external tensors are not read: a model that has them is refused, not guessed at.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the field numbers
 */
export interface Graph {
  readonly nodes: Node[];
  /** Weights and constants, by name. */
  readonly tensors: Map<string, Tensor>;
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
}

export interface Node {
  readonly op: string;
  /** '' for the standard operators. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Buffer>;
}

export interface Tensor {
  readonly type: number;
  readonly dims: readonly number[];
  /** Little-endian elements. */
  readonly data: Buffer;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: number;
  /** A string is a dimension that is known only at run time. */
  readonly dims: readonly (number | string)[];
}

/** Element types, as numbered by ONNX. */
export const elementType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

/** @throws RangeError when the bytes are not an ONNX model of the kind described above */
export function readModel(model: Buffer): Graph {
  for (const field of readFields(model)) if (field.number === 7) return readGraph(field.bytes);
  throw new RangeError('The file holds no graph');
}

function readGraph(bytes: Buffer): Graph {
  const graph: Graph = { nodes: [], tensors: new Map(), inputs: [], outputs: [] };
  for (const field of readFields(bytes)) {
    if (field.number === 1) graph.nodes.push(readNode(field.bytes));
    else if (field.number === 5) graph.tensors.set(...readTensor(field.bytes));
    else if (field.number === 11) graph.inputs.push(readValueInfo(field.bytes));
    else if (field.number === 12) graph.outputs.push(readValueInfo(field.bytes));
    else if (field.number === 15) throw new RangeError('Sparse weights are not supported');
  }
  return graph;
}

function readNode(bytes: Buffer): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Buffer>();
  let op = '';
  let domain = '';
  for (const field of readFields(bytes)) {
    if (field.number === 1) inputs.push(field.bytes.toString());
    else if (field.number === 2) outputs.push(field.bytes.toString());
    else if (field.number === 4) op = field.bytes.toString();
    else if (field.number === 5) attributes.set(nameOf(field.bytes, 1), field.bytes);
    else if (field.number === 7) domain = field.bytes.toString();
  }
  return { op, domain, inputs, outputs, attributes };
}

function readTensor(bytes: Buffer): [name: string, tensor: Tensor] {
  const dims: number[] = [];
  let type = 0;
  let data: Buffer | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) dims.push(Number(field.integer));
    else if (field.number === 2) type = Number(field.integer);
    else if (field.number === 9) data = field.bytes;
    else if (field.number === 13) throw new RangeError('Weights outside the file are not supported');
  }
  if (data === undefined) throw new RangeError(`The weight ${nameOf(bytes, 8)} is not stored as raw data`);
  return [nameOf(bytes, 8), { type, dims, data }];
}

function readValueInfo(bytes: Buffer): ValueInfo {
  const dims: (number | string)[] = [];
  let type = 0;
  for (const info of readFields(bytes)) {
    if (info.number !== 2) continue;
    for (const tensorType of readFields(child(info.bytes, 1))) {
      if (tensorType.number === 1) type = Number(tensorType.integer);
      if (tensorType.number !== 2) continue;
      for (const dim of readFields(tensorType.bytes))
        for (const value of readFields(dim.bytes))
          dims.push(value.number === 1 ? Number(value.integer) : value.bytes.toString());
    }
  }
  return { name: nameOf(bytes, 1), type, dims };
}

function child(message: Buffer, number: number): Buffer {
  for (const field of readFields(message)) if (field.number === number) return field.bytes;
  return Buffer.alloc(0);
}

function nameOf(message: Buffer, number: number): string {
  return child(message, number).toString();
}

/**
 * Writes a model that needs operator set 17 and, for the quantised operators, ONNX Runtime's own set.
 *
 * @returns the file in pieces, to be written one after the other
 */
export function writeModel(graph: Graph): Pieces {
  const body = [
    ...graph.nodes.flatMap((node) => bytesField(1, writeNode(node))),
    ...textField(2, 'graph'),
    ...[...graph.tensors].flatMap(([name, tensor]) => bytesField(5, writeTensor(name, tensor))),
    ...graph.inputs.flatMap((value) => bytesField(11, writeValueInfo(value))),
    ...graph.outputs.flatMap((value) => bytesField(12, writeValueInfo(value))),
  ];
  return [
    ...integerField(1, 8),
    ...bytesField(7, body),
    ...bytesField(8, [...textField(1, ''), ...integerField(2, 17)]),
    ...bytesField(8, [...textField(1, 'com.microsoft'), ...integerField(2, 1)]),
  ];
}

function writeNode(node: Node): Pieces {
  return [
    ...node.inputs.flatMap((name) => textField(1, name)),
    ...node.outputs.flatMap((name) => textField(2, name)),
    ...textField(4, node.op),
    ...[...node.attributes.values()].flatMap((attribute) => bytesField(5, [attribute])),
    ...textField(7, node.domain ?? ''),
  ];
}

function writeTensor(name: string, tensor: Tensor): Pieces {
  return [
    ...tensor.dims.flatMap((dim) => integerField(1, dim)),
    ...integerField(2, tensor.type),
    ...textField(8, name),
    ...bytesField(9, [tensor.data]),
  ];
}

function writeValueInfo(value: ValueInfo): Pieces {
  const dims = value.dims.flatMap((dim) =>
    bytesField(1, typeof dim === 'number' ? integerField(1, dim) : textField(2, dim)),
  );
  const tensorType = [...integerField(1, value.type), ...bytesField(2, dims)];
  return [...textField(1, value.name), ...bytesField(2, bytesField(1, tensorType))];
}

/** An integer attribute of a node, ready for `Node.attributes`. */
export function integerAttribute(name: string, value: number): [string, Buffer] {
  return [name, Buffer.concat([...textField(1, name), ...integerField(3, value), ...integerField(20, 2)])];
}

/** A list-of-integers attribute of a node. */
export function integersAttribute(name: string, values: readonly number[]): [string, Buffer] {
  const items = values.flatMap((value) => integerField(8, value));
  return [name, Buffer.concat([...textField(1, name), ...items, ...integerField(20, 7)])];
}

export function floatTensor(dims: readonly number[], values: Iterable<number>): Tensor {
  return { type: elementType.float, dims, data: bufferOf(Float32Array.from(values)) };
}

/** The elements of a float tensor, as a copy that is aligned and may be changed. */
export function floatsOf(tensor: Tensor): Float32Array {
  if (tensor.type !== elementType.float) throw new RangeError(`Expected floats, got element type ${tensor.type}`);
  const copy = new Uint8Array(tensor.data);
  return new Float32Array(copy.buffer);
}

export function bufferOf(array: Float32Array | Int8Array | Int32Array | BigInt64Array | Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
