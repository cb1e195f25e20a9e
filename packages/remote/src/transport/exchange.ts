import { PredcacheError } from '@predcache/core';
import { inTime } from './inTime.js';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  /** ms for the whole exchange, the answer's body included; `Infinity` for no limit of its own. */
  readonly timeout: number;
  /** Aborting ends the exchange with the signal's reason. */
  readonly signal: AbortSignal;
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
export function exchange(request: ExchangeRequest, options: ExchangeOptions): Promise<Answer> {
  const { fetch: fetcher, timeout, signal } = options;
  return inTime({ timeout, timedOut: () => timedOut(request, timeout), signal }, async (end) => {
    try {
      return await send(request, fetcher, end);
    } catch (cause) {
      throw unreachable(request, cause);
    }
  });
}

async function send(request: ExchangeRequest, fetcher: typeof fetch, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body } = request;
  const response = await fetcher(url, {
    method,
    headers,
    signal,
    // What the HTTP cache keeps of a GET would hide how the server is now. It keeps no POST, and 'no-store' would have
    // browsers send `Cache-Control: no-cache`, with which a cache at the server may not answer.
    cache: method === 'GET' ? 'no-store' : 'default',
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

/** @param cause why an earlier try failed, if one did */
export function timedOut(
  { method, url }: Pick<ExchangeRequest, 'method' | 'url'>,
  timeout: number,
  cause?: unknown,
): PredcacheError {
  return new PredcacheError({
    code: 'REMOTE_TIMEOUT',
    what: `The server did not answer within ${timeout} ms`,
    where: `${method} ${url}`,
    hint: 'Check the server and the network, or raise the timeout option',
    details: { timeout },
    cause,
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
