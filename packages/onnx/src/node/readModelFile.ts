import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PredcacheError } from '@predcache/core';
import { modelDownload } from '../files/modelDownload.js';
import { type ReadModel, rejectWhatIsNoModel } from '../files/modelFile.js';
import { describeModel } from '../session/modelReference.js';
import { messageOf } from '../session/runtimeErrors.js';

const download = modelDownload();

/** Reads a model from a path, a `file:` URL, or a `http:`, `https:` or `data:` URL. */
export const readModelFile: ReadModel = async (model, options) => {
  if (/^(https?|data):/i.test(model.url)) return download(model, options);
  const path = /^file:/i.test(model.url) ? fileURLToPath(model.url) : model.url;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await readFile(path, { signal: options.signal }));
  } catch (cause) {
    options.signal.throwIfAborted();
    throw new PredcacheError({
      code: 'MODEL_DOWNLOAD_FAILED',
      what: `The model file ${path} could not be read: ${messageOf(cause)}`,
      where: describeModel(model),
      hint: 'Check model.url: a path is relative to the directory the process was started in',
      details: { url: model.url },
      cause,
    });
  }
  options.onBytes(bytes.byteLength, bytes.byteLength);
  rejectWhatIsNoModel(bytes, model);
  return bytes;
};
