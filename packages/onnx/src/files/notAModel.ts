import { PredcacheError } from '@predcache/core';
import { describeFile, type ModelFile, shortUrl } from './modelFile.js';

const lessThanSign = 0x3c;
const byteOrderMark = '\uFEFF';
const largeFilePointer = 'version https://git-lfs';

/**
 * Recognises what is served or checked out in a model's place often enough to have a name.
 *
 * @throws {PredcacheError} `MODEL_NOT_A_MODEL`.
 */
export function rejectWhatIsNoModel(bytes: Uint8Array, file: ModelFile): void {
  if (bytes.byteLength === 0) {
    throw notAModel(
      file,
      'is empty',
      'Check the build step or the deployment that should have put the model there',
    );
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).replace(byteOrderMark, '').trimStart();
  if (file.path === undefined ? startsAsMarkup(bytes, start) : startsAsPage(start)) throw servedHtml(file);
  if (start.startsWith(largeFilePointer)) {
    throw notAModel(file, 'is a Git LFS pointer', 'Run "git lfs pull" before building or deploying');
  }
}

function startsAsMarkup(bytes: Uint8Array, start: string): boolean {
  return bytes[0] === lessThanSign || start.startsWith('<');
}

/** Weights may begin with any byte. */
function startsAsPage(start: string): boolean {
  return /^<(!doctype html|html)/i.test(start);
}

export function servedHtml(file: ModelFile): PredcacheError {
  return notAModel(
    file,
    'is an HTML page',
    'Check model.url: servers of single-page apps answer unknown paths with index.html',
  );
}

function notAModel(file: ModelFile, what: string, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_NOT_A_MODEL',
    what: `What ${shortUrl(file.url)} gave ${what}, not ${file.path === undefined ? 'an ONNX model' : 'external data of a model'}`,
    where: describeFile(file),
    hint,
    details: { url: shortUrl(file.url) },
  });
}
