import type { Tensor, TensorType } from '@predcache/core';
import { field, message, repeated } from './protobuf.js';

/** Element types of ONNX's TensorProto.DataType. */
export const elementTypes: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** A graph's input or output; a string among the dims is a symbolic dimension. Without dims the shape is unknown. */
export interface ValueInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly dims?: readonly (number | string)[];
  readonly sequence?: boolean;
}

/** Numbers are whole ones; a text is a string, lists hold whole numbers or strings. */
export type Attribute = number | string | readonly number[] | readonly string[];

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Exclude<Tensor['data'], readonly string[]>;
  /** @default 'float32' */
  readonly type?: TensorType;
  /** Where the data is kept beside the model, instead of in it. */
  readonly external?: { readonly path: string; readonly offset: number };
}

export interface Graph {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  /** Constants. */
  readonly initializers?: readonly Initializer[];
}

/** The bytes of an .onnx file with this graph. */
export function onnxModel(graph: Graph): Uint8Array {
  const nodes = graph.nodes.map((node) =>
    message(
      ...repeated(1, node.inputs),
      ...repeated(2, node.outputs),
      field(4, node.op),
      ...repeated(
        5,
        Object.entries(node.attributes ?? {}).map(([name, value]) => attribute(name, value)),
      ),
    ),
  );
  const initializers = (graph.initializers ?? []).map(initializer);
  const graphBytes = message(
    ...repeated(1, nodes),
    field(2, 'test'),
    ...repeated(5, initializers),
    ...repeated(11, graph.inputs.map(valueInfo)),
    ...repeated(12, graph.outputs.map(valueInfo)),
  );
  const opset = message(field(1, ''), field(2, 13));
  return message(field(1, 8), field(2, 'predcache-tests'), field(7, graphBytes), field(8, opset));
}

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'number') return message(field(1, name), field(3, value), field(20, 2));
  if (typeof value === 'string') return message(field(1, name), field(4, value), field(20, 3));
  if (typeof value[0] === 'string')
    return message(field(1, name), ...repeated(9, value as readonly string[]), field(20, 8));
  return message(field(1, name), ...repeated(8, value as readonly number[]), field(20, 7));
}

function initializer({ name, dims, data, type = 'float32', external }: Initializer): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const entry = (key: string, value: string | number) => message(field(1, key), field(2, String(value)));
  return message(
    ...repeated(1, dims),
    field(2, elementTypes[type]),
    field(8, name),
    ...(external === undefined
      ? [field(9, bytes)]
      : [
          field(13, entry('location', external.path)),
          field(13, entry('offset', external.offset)),
          field(13, entry('length', data.byteLength)),
          field(14, 1),
        ]),
  );
}

function valueInfo({ name, type, dims, sequence = false }: ValueInfo): Uint8Array {
  const shape = dims?.map((dim) => message(typeof dim === 'number' ? field(1, dim) : field(2, dim)));
  const tensorType = message(
    field(1, elementTypes[type]),
    ...(shape === undefined ? [] : [field(2, message(...repeated(1, shape)))]),
  );
  const tensor = message(field(1, tensorType));
  return message(field(1, name), field(2, sequence ? message(field(4, message(field(1, tensor)))) : tensor));
}
