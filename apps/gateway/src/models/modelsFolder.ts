import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PredcacheError } from '@predcache/core';
import { type ModelFile, readModelFile } from './modelFile.js';

/**
 * Reads every `*.onnx` file of a folder, in the order of their names.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when there is no such folder or no model in it, `MODEL_INVALID` for a file
 * that is none.
 */
export async function readModelsFolder(folder: string): Promise<readonly ModelFile[]> {
  const absolute = path.resolve(folder);
  let names: string[];
  try {
    names = await readdir(absolute);
  } catch (cause) {
    throw unusable('The models folder cannot be read', absolute, cause);
  }
  const models = names.filter((name) => /.\.onnx$/.test(name)).map((name) => name.slice(0, -'.onnx'.length));
  if (models.length === 0) throw unusable('The models folder holds no .onnx file', absolute);
  return Promise.all(models.sort().map((name) => readModelFile(path.join(absolute, `${name}.onnx`))));
}

function unusable(what: string, where: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what,
    where,
    hint: 'Name a folder that holds at least one .onnx file',
    cause,
  });
}
