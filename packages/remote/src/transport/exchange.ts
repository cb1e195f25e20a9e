import { PredcacheError } from '@predcache/core';
import type { Life } from './life.js';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  /** ms for the whole exchange, the answer's body included. */
  readonly timeout: number;
  /** Aborting ends the exchange with the signal's reason. */
  readonly signal: AbortSignal | undefined;
  /** Its end is the exchange's end, with the same reason. */
  readonly life: Life;
}

/** A whole answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * One request and its whole answer. Settles in time even when the given fetch does not heed its signal.
 *
 * @throws {PredcacheError} `REMOTE_UNREACHABLE`, `REMOTE_TIMEOUT`; or the reason of a signal.
 */
export async function exchange(request: ExchangeRequest, options: ExchangeOptions): Promise<Answer> {
  const { fetch: fetcher, timeout, signal, life } = options;
  life.throwIfOver();
  signal?.throwIfAborted();
  // Not AbortSignal.any and AbortSignal.timeout: Safari before 17.4 lacks the first, and signals made of a long-lived
  // one are never collected in Node 20 (https://github.com/nodejs/node/issues/54614).
  const controller = new AbortController();
  let release = (): void => undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const stop = (reason: unknown): void => {
        reject(reason);
        controller.abort(reason);
      };
      const onAbort = (): void => stop(signal?.reason);
      const timer = setTimeout(() => stop(timedOut(request, timeout)), timeout);
      const leave = life.onEnd(stop);
      signal?.addEventListener('abort', onAbort);
      release = () => {
        clearTimeout(timer);
        leave();
        signal?.removeEventListener('abort', onAbort);
      };
      send(request, fetcher, controller.signal).then(resolve, (cause) => reject(unreachable(request, cause)));
    });
  } finally {
    release();
  }
}

async function send(request: ExchangeRequest, fetcher: typeof fetch, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body } = request;
  const response = await fetcher(url, {
    method,
    headers,
    signal,
    // A prediction kept by the HTTP cache would hide from the predictor when it was computed.
    cache: 'no-store',
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

function timedOut({ method, url }: ExchangeRequest, timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'REMOTE_TIMEOUT',
    what: `The server did not answer within ${timeout} ms`,
    where: `${method} ${url}`,
    hint: 'Check the server and the network, or raise the timeout option',
    details: { timeout },
  });
}

function unreachable({ method, url }: ExchangeRequest, cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'REMOTE_UNREACHABLE',
    what: `The server could not be reached, or the connection broke: ${reasonOf(cause)}`,
    where: `${method} ${url}`,
    hint: "Check the network, the server and its address; in a browser, also that it allows this page's origin (CORS)",
    cause,
  });
}

/** Node hides what happened ("ECONNREFUSED") in the cause of its "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error ? ((cause as { code?: unknown }).code ?? cause.message) : undefined;
  return typeof code === 'string' && code !== '' ? `${error.message} (${code})` : error.message;
}
