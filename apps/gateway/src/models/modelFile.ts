import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError, PredcacheError } from '@predcache/core';
import { type ModelSignature, readModelSignature } from '../onnxFile/modelSignature.js';

/** A model file as it was when it was read. The bytes are kept, so that what is served is what the digest is of. */
export interface ModelFile {
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: Buffer;
  /** `sha256-` and base64, as in Subresource Integrity. */
  readonly integrity: string;
  readonly signature: ModelSignature;
}

/**
 * Reads a `.onnx` file. Its version is `version` of the JSON file beside it (`NAME.json`), else `1`.
 *
 * @throws {PredcacheError} `MODEL_INVALID`, naming the file.
 */
export async function readModelFile(file: string): Promise<ModelFile> {
  const bytes = await readFile(file);
  const name = path.basename(file, '.onnx');
  return {
    name,
    version: await readVersion(path.join(path.dirname(file), `${name}.json`)),
    path: file,
    bytes,
    integrity: `sha256-${createHash('sha256').update(bytes).digest('base64')}`,
    signature: readSignature(bytes, file),
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

async function readVersion(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return '1';
  }
  const version = readVersionMember(text);
  if (version === undefined || (/^[\w.-]{1,64}$/.test(version) && !/^\.+$/.test(version)))
    return version ?? '1';
  throw new PredcacheError({
    code: 'MODEL_INVALID',
    what: `Its version ${JSON.stringify(version.slice(0, 80))} cannot stand in a path`,
    where: file,
    hint: 'Use letters, digits, points, hyphens and underscores',
  });
}

/** JSON beside a model may be anyone's: what has no version in it is none of ours. */
function readVersionMember(text: string): string | undefined {
  try {
    const version = (JSON.parse(text) as { version?: unknown } | null)?.version;
    return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;
  } catch {
    return undefined;
  }
}
