import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PredcacheError } from '@predcache/core';
import { downloadFile } from '../files/download/downloadFile.js';
import { describeFile, type ModelFile } from '../files/modelFile.js';
import { rejectWhatIsNoModel } from '../files/notAModel.js';
import { type ReadFile, type ReadModel, readFiles } from '../files/readModel.js';
import { requireLoadableSize } from '../files/sizeLimit.js';
import { verifyIntegrity } from '../files/verifyIntegrity.js';
import { messageOf } from '../session/runtimeErrors.js';

/** Reads a model from paths, `file:` URLs, or `http:`, `https:` or `data:` URLs. Nothing is kept: files are on disk. */
export const readModelFile: ReadModel = (model, options) => readFiles(readOne, model, options);

const readOne: ReadFile = async (file, options) => {
  if (/^(https?|data):/i.test(file.url)) return downloadFile(file, options);
  const bytes = await readFromDisk(file, options.signal);
  options.onBytes(bytes.byteLength, bytes.byteLength);
  rejectWhatIsNoModel(bytes, file);
  if (file.integrity !== undefined) await verifyIntegrity(bytes, file.integrity, describeFile(file));
  return bytes;
};

async function readFromDisk(file: ModelFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const path = /^file:/i.test(file.url) ? fileURLToPath(file.url) : file.url;
  try {
    requireLoadableSize((await stat(path)).size, file);
    return new Uint8Array(await readFile(path, { signal }));
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PredcacheError) throw cause;
    throw new PredcacheError({
      code: 'MODEL_DOWNLOAD_FAILED',
      what: `The model file ${path} could not be read: ${messageOf(cause)}`,
      where: describeFile(file),
      hint: 'Check model.url: a path is relative to the directory the process was started in',
      details: { url: file.url },
      cause,
    });
  }
}
