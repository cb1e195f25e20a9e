import type { ModelCacheSettings } from '../session/methods.js';
import type { ModelBytes } from '../session/modelBytes.js';
import type { ModelReference } from '../session/modelReference.js';
import { AddedProgress, type OnBytes } from './addedProgress.js';
import { filesOf, type ModelFile } from './modelFile.js';

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Where files are kept for offline use. */
  readonly modelCache: ModelCacheSettings | false;
  /** For a model of several files, their sum. The first number never falls. */
  readonly onBytes: OnBytes;
}

/** Gets one file and checks it. Rejects with a `PredcacheError`, or with the reason of an aborted signal. */
export type ReadFile = (file: ModelFile, options: ReadOptions) => Promise<Uint8Array<ArrayBuffer>>;

/** Gets all files of a model. Rejects as `ReadFile` does. */
export type ReadModel = (model: ModelReference, options: ReadOptions) => Promise<ModelBytes>;

/** Gets the files of a model at once; when one fails, the others are not waited for and end. */
export async function readFiles(
  readFile: ReadFile,
  model: ModelReference,
  { signal, modelCache, onBytes }: ReadOptions,
): Promise<ModelBytes> {
  const files = filesOf(model);
  const progress = new AddedProgress(files.length, onBytes);
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', abort);
  try {
    const [own, ...others] = await Promise.all(
      files.map((file, index) =>
        readFile(file, { signal: controller.signal, modelCache, onBytes: progress.ofFile(index) }),
      ),
    );
    const externalData = others.map((data, index) => ({ path: files[index + 1]!.path!, data }));
    return { model: own!, externalData };
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
