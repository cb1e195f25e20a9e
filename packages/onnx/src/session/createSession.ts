import { PredcacheError } from '@predcache/core';
import type { InferenceSession } from 'onnxruntime-web';
import type { ExecutionProviders } from '../backends/backend.js';
import type { ModelBytes } from './modelBytes.js';
import { describeModel, type ModelReference } from './modelReference.js';
import { ModelSession } from './modelSession.js';
import type { OrtModule, Runtime } from './runtime.js';
import { isRuntimeCrash, messageOf } from './runtimeErrors.js';
import { isTensorType } from './tensors.js';

/**
 * Builds a session from the bytes of a model's files.
 *
 * @throws {PredcacheError} `MODEL_INVALID`: the file is damaged, or takes or gives what no tensor can hold.
 */
export async function createSession(
  ort: OrtModule,
  runtime: Runtime,
  { model: bytes, externalData }: ModelBytes,
  model: ModelReference,
): Promise<ModelSession> {
  const where = describeModel(model);
  const { backend } = runtime;
  let session: InferenceSession;
  try {
    session = await backend.exclusively(async () => {
      const build = (executionProviders: ExecutionProviders) =>
        ort.InferenceSession.create(bytes, { executionProviders, externalData });
      try {
        return await build(backend.executionProviders);
      } catch (error) {
        // With a GPU to share the work with, models are refused that the CPU computes by itself.
        const others = backend.executionProviders.slice(1);
        if (others.length === 0 || isRuntimeCrash(error)) throw error;
        return build(others);
      }
    });
  } catch (cause) {
    if (isRuntimeCrash(cause)) throw runtime.noteError(cause, where);
    throw unreadable(where, bytes.byteLength, cause);
  }
  const unusable = [...session.inputMetadata, ...session.outputMetadata].find(
    (value) => !value.isTensor || !isTensorType(value.type),
  );
  if (unusable === undefined) return new ModelSession(ort, backend, session, where);
  await backend.exclusively(() => session.release());
  throw new PredcacheError({
    code: 'MODEL_INVALID',
    what: `"${unusable.name}" of the model is ${unusable.isTensor ? `of type ${unusable.type}` : 'no tensor'}`,
    where,
    hint: 'Export the model so that it takes and gives plain tensors; in sklearn-onnx, with zipmap=False',
  });
}

const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /bad_alloc|out of memory|failed to allocate/i,
    'The model needs more memory than there is: use a smaller one, or a remote engine on this device',
  ],
  [
    /could not find an implementation|NOT_IMPLEMENTED/i,
    'This build of ONNX Runtime lacks the operator for these types: convert them in the model, for instance to float32. The build for WebGPU has fewer than the one for wasm',
  ],
  [
    /external/i,
    "List the model's weight files in model.externalData, each under the path that the model names it by",
  ],
];

function unreadable(where: string, size: number, cause: unknown): PredcacheError {
  const message = messageOf(cause);
  return new PredcacheError({
    code: 'MODEL_INVALID',
    what: `ONNX Runtime could not build a session from the ${size} bytes of the model: ${message.slice(0, 500)}`,
    where,
    hint:
      hints.find(([pattern]) => pattern.test(message))?.[1] ??
      'Check that the file is a whole ONNX model of an opset that this version of ONNX Runtime supports',
    details: { bytes: size },
    cause,
  });
}
