import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PredcacheError } from '@predcache/core';
import { type ModelFile, readModelFile } from './modelFile.js';
import { isVersion } from './modelVersion.js';

/** Where a model lies. */
export interface ModelPath {
  readonly name: string;
  /** Only where the folder says it. */
  readonly version?: string | undefined;
  /** Absolute. */
  readonly path: string;
}

/**
 * Reads every model of a folder, in the order of their paths: `NAME.onnx`, and `NAME/VERSION/model.onnx` as Triton lays
 * them out.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when there is no such folder or no model in it, `MODEL_INVALID` for a file
 * that is none, and for two files of one version.
 */
export async function readModelsFolder(folder: string): Promise<readonly ModelFile[]> {
  const paths = await listModels(folder);
  if (paths.length === 0)
    throw unusable('The models folder holds neither NAME.onnx nor NAME/VERSION/model.onnx', folder);
  const files = await Promise.all(paths.map(readModelFile));
  const seen = new Set<string>();
  for (const { name, version, path: file } of files) {
    if (seen.has(`${name}/${version}`)) throw twice(name, version, file);
    seen.add(`${name}/${version}`);
  }
  return files;
}

/** @throws {PredcacheError} `OPTIONS_INVALID` when there is no such folder. */
export async function listModels(folder: string): Promise<readonly ModelPath[]> {
  const absolute = path.resolve(folder);
  let names: string[];
  try {
    names = await readdir(absolute);
  } catch (cause) {
    throw unusable('The models folder cannot be read', absolute, cause);
  }
  const found = await Promise.all(
    names.sort().map(async (entry): Promise<readonly ModelPath[]> => {
      const file = path.join(absolute, entry);
      if (/.\.onnx$/.test(entry)) return [{ name: entry.slice(0, -'.onnx'.length), path: file }];
      return listVersions(entry, file);
    }),
  );
  return found.flat();
}

/** What is no folder of versions is passed over, whatever it is. */
async function listVersions(name: string, folder: string): Promise<readonly ModelPath[]> {
  const versions = (await readdir(folder).catch(() => [])).filter(isVersion).sort();
  const found: ModelPath[] = [];
  for (const version of versions) {
    const file = path.join(folder, version, 'model.onnx');
    const isFile = await stat(file).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (isFile) found.push({ name, version, path: file });
  }
  return found;
}

export function twice(name: string, version: string, file: string): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_INVALID',
    what: `There is another file for version ${version} of ${name}`,
    where: file,
    hint: 'Take one of them out of the folder, or give it another version',
  });
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
