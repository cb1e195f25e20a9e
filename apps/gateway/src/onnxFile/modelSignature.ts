import type { Datatype } from '@predcache/remote';
import { protobufFields } from './protobufReader.js';

/** An input or output of a model. */
export interface SignatureTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 for an axis of any length; undefined where the model does not say how many axes there are. */
  readonly shape: readonly number[] | undefined;
}

/** What a model takes and gives. */
export interface ModelSignature {
  readonly inputs: readonly SignatureTensor[];
  readonly outputs: readonly SignatureTensor[];
}

/** Numbers of the fields read here, by message (onnx.proto). */
const modelProto = { graph: 7 };
const graphProto = { initializer: 5, input: 11, output: 12 };
const tensorProto = { name: 8 };
const valueInfoProto = { name: 1, type: 2 };
const typeProto = { tensorType: 1 };
const tensorTypeProto = { elementType: 1, shape: 2 };
const shapeProto = { dim: 1 };
const dimProto = { value: 1 };

/** TensorProto.DataType. */
const datatypeByNumber: Readonly<Record<number, Datatype>> = {
  1: 'FP32',
  2: 'UINT8',
  3: 'INT8',
  4: 'UINT16',
  5: 'INT16',
  6: 'INT32',
  7: 'INT64',
  8: 'BYTES',
  9: 'BOOL',
  10: 'FP16',
  11: 'FP64',
  12: 'UINT32',
  13: 'UINT64',
};

/**
 * Reads what a model takes and gives out of its file. Nothing is loaded for it, so that the gateway can describe and
 * check models it has not run yet.
 *
 * @throws {RangeError} for bytes that are no ONNX model, or one that takes or gives what is no tensor.
 */
export function readModelSignature(file: Uint8Array): ModelSignature {
  const graph = message(file, modelProto.graph);
  if (graph === undefined) throw new RangeError('it holds no graph');
  // Before IR version 4 a weight had to be listed as an input as well.
  const weights = new Set(
    messages(graph, graphProto.initializer).map((tensor) => text(tensor, tensorProto.name)),
  );
  const inputs = messages(graph, graphProto.input).map(readTensor);
  const outputs = messages(graph, graphProto.output).map(readTensor);
  if (outputs.length === 0) throw new RangeError('its graph has no outputs');
  return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs };
}

function readTensor(valueInfo: Uint8Array): SignatureTensor {
  const name = text(valueInfo, valueInfoProto.name);
  const type = message(valueInfo, valueInfoProto.type);
  const tensorType = type && message(type, typeProto.tensorType);
  const elementType = tensorType && values(tensorType, tensorTypeProto.elementType)[0];
  const datatype = typeof elementType === 'number' ? datatypeByNumber[elementType] : undefined;
  if (tensorType === undefined || datatype === undefined) {
    throw new RangeError(`"${name}" is no tensor of a type that the Open Inference Protocol knows`);
  }
  const shape = message(tensorType, tensorTypeProto.shape);
  return { name, datatype, shape: shape && messages(shape, shapeProto.dim).map(readDim) };
}

/** -1 for a named axis, one without a length, and a length below 0, which only broken exporters write. */
function readDim(dim: Uint8Array): number {
  const value = values(dim, dimProto.value)[0];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : -1;
}

function values(bytes: Uint8Array, number: number): (number | Uint8Array)[] {
  const found: (number | Uint8Array)[] = [];
  for (const field of protobufFields(bytes)) if (field.number === number) found.push(field.value);
  return found;
}

function messages(bytes: Uint8Array, number: number): Uint8Array[] {
  return values(bytes, number).filter((value): value is Uint8Array => typeof value !== 'number');
}

function message(bytes: Uint8Array, number: number): Uint8Array | undefined {
  return messages(bytes, number).at(-1);
}

function text(bytes: Uint8Array, number: number): string {
  return new TextDecoder().decode(message(bytes, number));
}
