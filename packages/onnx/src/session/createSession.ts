import { PredcacheError } from '@predcache/core';
import type { InferenceSession } from 'onnxruntime-web';
import { describeModel, type ModelReference } from './modelReference.js';
import { ModelSession } from './modelSession.js';
import type { OrtModule, Runtime } from './runtime.js';
import { isRuntimeCrash, messageOf } from './runtimeErrors.js';
import { isTensorType } from './tensors.js';

/**
 * Builds a session from a model file's bytes.
 *
 * @throws {PredcacheError} `MODEL_INVALID`: the file is damaged, or takes or gives what no tensor can hold.
 */
export async function createSession(
  ort: OrtModule,
  runtime: Runtime,
  bytes: Uint8Array,
  model: ModelReference,
): Promise<ModelSession> {
  const where = describeModel(model);
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  } catch (cause) {
    if (isRuntimeCrash(cause)) throw runtime.noteError(cause, where);
    throw unreadable(where, bytes.byteLength, cause);
  }
  const unusable = [...session.inputMetadata, ...session.outputMetadata].find(
    (value) => !value.isTensor || !isTensorType(value.type),
  );
  if (unusable === undefined) return new ModelSession(ort, session, where);
  await session.release();
  throw new PredcacheError({
    code: 'MODEL_INVALID',
    what: `"${unusable.name}" of the model is ${unusable.isTensor ? `of type ${unusable.type}` : 'no tensor'}`,
    where,
    hint: 'Export the model so that it takes and gives plain tensors; in sklearn-onnx, with zipmap=False',
  });
}

function unreadable(where: string, size: number, cause: unknown): PredcacheError {
  const message = messageOf(cause);
  const outOfMemory = /bad_alloc|out of memory|failed to allocate/i.test(message);
  return new PredcacheError({
    code: 'MODEL_INVALID',
    what: `ONNX Runtime could not build a session from the ${size} bytes of the model: ${message.slice(0, 500)}`,
    where,
    hint: outOfMemory
      ? 'The model needs more memory than there is: use a smaller one, or a remote engine on this device'
      : 'Check that the file is a whole ONNX model of an opset that this version of onnxruntime-web supports',
    details: { bytes: size },
    cause,
  });
}
