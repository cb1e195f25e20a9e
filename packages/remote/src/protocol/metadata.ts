import { type Datatype, isDatatype } from './datatypes.js';
import { splitMessage } from './message.js';
import { describe, protocolError } from './protocolError.js';

/** What `GET /v2` says. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  /** For instance `binary_tensor_data`. */
  readonly extensions: readonly string[];
}

/** An input or output as a model describes it; -1 stands for an axis of any length. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** What `GET /v2/models/NAME` says. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  /** For instance `onnx_onnxv1`; empty where the server does not say. */
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** @throws {PredcacheError} `REMOTE_PROTOCOL`. */
export function decodeServerMetadata(body: Uint8Array): ServerMetadata {
  const where = 'server metadata';
  const { json } = splitMessage(body, undefined, where);
  return {
    name: readString(json.name, where),
    version: readString(json.version ?? '', where),
    extensions: readList(json.extensions ?? [], where).map((extension) => readString(extension, where)),
  };
}

/** @throws {PredcacheError} `REMOTE_PROTOCOL`. */
export function decodeModelMetadata(body: Uint8Array): ModelMetadata {
  const where = 'model metadata';
  const { json } = splitMessage(body, undefined, where);
  return {
    name: readString(json.name, where),
    versions: readList(json.versions ?? [], where).map((version) => readString(version, where)),
    platform: readString(json.platform ?? '', where),
    inputs: readList(json.inputs ?? [], where).map((tensor) => readTensorMetadata(tensor, where)),
    outputs: readList(json.outputs ?? [], where).map((tensor) => readTensorMetadata(tensor, where)),
  };
}

function readTensorMetadata(value: unknown, where: string): TensorMetadata {
  const { name, datatype, shape } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isDatatype(datatype)) {
    throw protocolError(
      `A tensor's datatype is ${describe(datatype)}`,
      where,
      'Ask for the metadata of another model',
    );
  }
  const dims = readList(shape, where);
  if (!dims.every((dim): dim is number => Number.isSafeInteger(dim) && (dim as number) >= -1)) {
    throw protocolError(
      "A tensor's shape is not made of whole numbers from -1 up",
      where,
      'Correct the server',
    );
  }
  return { name: readString(name, where), datatype, shape: dims };
}

function readString(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw protocolError(`What should be a string is ${describe(value)}`, where, 'Correct the server');
}

function readList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw protocolError(`What should be an array is ${describe(value)}`, where, 'Correct the server');
}
