import { PredcacheError } from '@predcache/core';
import { describeFile, type ModelFile, shortUrl } from './modelFile.js';

/** No ONNX file can be larger, being a Protocol Buffers message, and no wasm memory holds more than twice as much. */
export const largestFile = 2 ** 31 - 1;

/** @throws {PredcacheError} `MODEL_INVALID` for a size above 2 GB. */
export function requireLoadableSize(size: number, file: ModelFile): void {
  if (size <= largestFile) return;
  throw new PredcacheError({
    code: 'MODEL_INVALID',
    what: `${shortUrl(file.url)} has ${size} bytes or more; one file of a model may have ${largestFile}`,
    where: describeFile(file),
    hint: 'Export the model with its weights as external data, in files of less than 2 GB, and list them in model.externalData',
    details: { url: shortUrl(file.url), size, largest: largestFile },
  });
}
