import { describeError, PredcacheError } from '@predcache/core';
import { describeFile, type ModelFile, shortUrl } from '../modelFile.js';

export function badStatus(file: ModelFile, { status, statusText }: Response): PredcacheError {
  return downloadFailed(file, {
    what: `${shortUrl(file.url)} answered ${`${status} ${statusText}`.trim()}`,
    hint:
      status === 404 ? 'Check model.url and that the file is deployed' : 'Check the server, then try again',
    details: { status },
  });
}

export function truncated(file: ModelFile, received: number, promised: number): PredcacheError {
  return downloadFailed(file, {
    what: `The download of ${shortUrl(file.url)} ended after ${received} of ${promised} bytes`,
    hint: 'Try again; if it stays so, the server sends a wrong Content-Length or cuts the file off',
    details: { received, promised },
  });
}

export function stalled(file: ModelFile, timeout: number, cause: unknown): PredcacheError {
  return downloadFailed(file, {
    what: `The download of ${shortUrl(file.url)} stood still for ${timeout} ms`,
    hint: 'Check the network and the server, then try again',
    details: { timeout },
    cause,
  });
}

export function unreachable(file: ModelFile, cause: unknown): PredcacheError {
  return downloadFailed(file, {
    what: `${shortUrl(file.url)} could not be downloaded: ${describeError(cause)}`,
    hint: 'Check the network, the URL, and that CORS and connect-src of the page allow it',
    cause,
  });
}

/** Buffers as large as a file are refused with a RangeError. */
export function noMemory(file: ModelFile, cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_INVALID',
    what: `There is no memory for ${shortUrl(file.url)}: ${describeError(cause)}`,
    where: describeFile(file),
    hint: 'Use a smaller model, or a remote engine on this device',
    details: { url: shortUrl(file.url) },
    cause,
  });
}

function downloadFailed(
  file: ModelFile,
  init: { what: string; hint: string; details?: Record<string, unknown>; cause?: unknown },
): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_DOWNLOAD_FAILED',
    where: describeFile(file),
    ...init,
    details: { url: shortUrl(file.url), ...init.details },
  });
}
