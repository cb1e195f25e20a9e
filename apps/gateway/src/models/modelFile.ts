import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeError, PredcacheError } from '@predcache/core';
import { type ModelSignature, readModelSignature } from '../onnxFile/modelSignature.js';
import type { ModelPath } from './modelsFolder.js';
import { readVersion } from './modelVersion.js';
import type { ModelDescription } from './servedModel.js';

/** A model file as it was when it was read. The bytes are kept, so that what is served is what the digest is of. */
export interface ModelFile extends ModelDescription {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Buffer;
  /** `sha256-` and base64, as in Subresource Integrity. */
  readonly integrity: string;
}

/**
 * Reads a `.onnx` file. Where its folder does not say its version, that is `version` of the JSON file beside it
 * (`NAME.json`), else `1`.
 *
 * @throws {PredcacheError} `MODEL_INVALID`, naming the file.
 */
export async function readModelFile({ name, version, path }: ModelPath): Promise<ModelFile> {
  const bytes = await readFile(path);
  return {
    name,
    version: version ?? (await readVersion(path.replace(/\.onnx$/, '.json'))),
    path,
    bytes,
    platform: 'onnx_onnxv1',
    integrity: `sha256-${createHash('sha256').update(bytes).digest('base64')}`,
    signature: readSignature(bytes, path),
  };
}

function readSignature(bytes: Buffer, file: string): ModelSignature {
  try {
    return readModelSignature(bytes);
  } catch (cause) {
    throw new PredcacheError({
      code: 'MODEL_INVALID',
      what: `It is no ONNX model: ${describeError(cause)}`,
      where: file,
      hint: 'Replace the file, or take it out of the folder',
      cause,
    });
  }
}
