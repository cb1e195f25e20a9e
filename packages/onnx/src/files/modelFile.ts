import { PredcacheError } from '@predcache/core';
import { describeModel, type ModelReference } from '../session/modelReference.js';

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Past every HTTP cache: what was there turned out to be of no use. */
  readonly fresh?: boolean | undefined;
  readonly onBytes: (loadedBytes: number, totalBytes: number | undefined) => void;
}

/** Fetches or reads a model file. Rejects with a `PredcacheError`, or with the reason of an aborted signal. */
export type ReadModel = (model: ModelReference, options: ReadOptions) => Promise<Uint8Array<ArrayBuffer>>;

const lessThanSign = 0x3c;
const byteOrderMark = '\uFEFF';
const largeFilePointer = 'version https://git-lfs';

/**
 * Recognises what is served or checked out in a model's place often enough to have a name.
 *
 * @throws {PredcacheError} `MODEL_NOT_A_MODEL`.
 */
export function rejectWhatIsNoModel(bytes: Uint8Array, model: ModelReference): void {
  if (bytes.byteLength === 0) {
    throw notAModel(
      model,
      'is empty',
      'Check the build step or the deployment that should have put the model there',
    );
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).replace(byteOrderMark, '').trimStart();
  if (bytes[0] === lessThanSign || start.startsWith('<')) throw servedHtml(model);
  if (start.startsWith(largeFilePointer)) {
    throw notAModel(model, 'is a Git LFS pointer', 'Run "git lfs pull" before building or deploying');
  }
}

export function servedHtml(model: ModelReference): PredcacheError {
  return notAModel(
    model,
    'is an HTML page',
    'Check model.url: servers of single-page apps answer unknown paths with index.html',
  );
}

function notAModel(model: ModelReference, what: string, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_NOT_A_MODEL',
    what: `What ${shortUrl(model.url)} gave ${what}, not an ONNX model`,
    where: describeModel(model),
    hint,
    details: { url: shortUrl(model.url) },
  });
}

/** URLs in messages and logs: a data: URL may be as long as the model. */
export function shortUrl(url: string): string {
  return url.length > 300 ? `${url.slice(0, 100)}…` : url;
}
