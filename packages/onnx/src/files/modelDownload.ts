import { describeError, PredcacheError } from '@predcache/core';
import { describeModel, type ModelReference } from '../session/modelReference.js';
import { GrowingBuffer } from './growingBuffer.js';
import { type ReadModel, rejectWhatIsNoModel, servedHtml, shortUrl } from './modelFile.js';

/** ms without a single byte after which a download counts as failed: some servers and proxies stall for ever. */
const defaultStallTimeout = 30_000;

/**
 * Downloads a model file. Errors are `MODEL_DOWNLOAD_FAILED` (with `details.status` where the server answered) and
 * `MODEL_NOT_A_MODEL`.
 */
export function modelDownload({ stallTimeout = defaultStallTimeout } = {}): ReadModel {
  return async (model, { signal, fresh, onBytes }) => {
    const stall = new StallGuard(stallTimeout, signal);
    try {
      const response = await fetch(model.url, {
        signal: stall.signal,
        credentials: 'same-origin',
        cache: fresh ? 'reload' : 'default',
      });
      if (!response.ok) throw badStatus(model, response);
      if (response.headers.get('content-type')?.startsWith('text/html')) throw servedHtml(model);
      const bytes = await readBody(response, model, (loaded, total) => {
        stall.restart();
        onBytes(loaded, total);
      });
      rejectWhatIsNoModel(bytes, model);
      return bytes;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PredcacheError) throw error;
      throw stall.hasStalled ? stalled(model, stallTimeout, error) : unreachable(model, error);
    } finally {
      stall.stop();
    }
  };
}

async function readBody(
  response: Response,
  model: ModelReference,
  onBytes: (loaded: number, total: number | undefined) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const promised = promisedLength(response);
  const buffer = new GrowingBuffer(promised ?? 0);
  onBytes(0, promised);
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    buffer.append(part.value);
    onBytes(buffer.length, promised);
  }
  const bytes = buffer.bytes();
  if (promised !== undefined && bytes.byteLength < promised)
    throw truncated(model, bytes.byteLength, promised);
  return bytes;
}

/** Bytes that will come, where the header can be believed: for compressed answers it counts something else. */
function promisedLength(response: Response): number | undefined {
  // Content-Encoding is hidden from cross-origin readers while Content-Length is not.
  if (response.type === 'cors' || response.headers.has('content-encoding')) return undefined;
  const header = response.headers.get('content-length');
  const length = header === null ? Number.NaN : Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Aborts when the caller does, and when nothing has come for a while. */
class StallGuard {
  readonly #controller = new AbortController();
  readonly #timeout: number;
  readonly #outer: AbortSignal;
  readonly #onAbort = () => this.#controller.abort(this.#outer.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  hasStalled = false;

  constructor(timeout: number, outer: AbortSignal) {
    this.#timeout = timeout;
    this.#outer = outer;
    outer.throwIfAborted();
    outer.addEventListener('abort', this.#onAbort);
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.hasStalled = true;
      this.#controller.abort();
    }, this.#timeout);
  }

  /** Also lets go of an answer that was not read to its end, and of its connection with it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }
}

function badStatus(model: ModelReference, { status, statusText }: Response): PredcacheError {
  return downloadFailed(model, {
    what: `${shortUrl(model.url)} answered ${`${status} ${statusText}`.trim()}`,
    hint:
      status === 404 ? 'Check model.url and that the file is deployed' : 'Check the server, then try again',
    details: { status },
  });
}

function truncated(model: ModelReference, received: number, promised: number): PredcacheError {
  return downloadFailed(model, {
    what: `The download of ${shortUrl(model.url)} ended after ${received} of ${promised} bytes`,
    hint: 'Try again; if it stays so, the server sends a wrong Content-Length or cuts the file off',
    details: { received, promised },
  });
}

function stalled(model: ModelReference, timeout: number, cause: unknown): PredcacheError {
  return downloadFailed(model, {
    what: `The download of ${shortUrl(model.url)} stood still for ${timeout} ms`,
    hint: 'Check the network and the server, then try again',
    details: { timeout },
    cause,
  });
}

function unreachable(model: ModelReference, cause: unknown): PredcacheError {
  return downloadFailed(model, {
    what: `${shortUrl(model.url)} could not be downloaded: ${describeError(cause)}`,
    hint: 'Check the network, the URL, and that CORS and connect-src of the page allow it',
    cause,
  });
}

function downloadFailed(
  model: ModelReference,
  init: { what: string; hint: string; details?: Record<string, unknown>; cause?: unknown },
): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_DOWNLOAD_FAILED',
    where: describeModel(model),
    ...init,
    details: { url: shortUrl(model.url), ...init.details },
  });
}
