import { PredcacheError } from '@predcache/core';
import type { TensorFormat } from './protocol/message.js';

/** Options of {@link openInference}. */
export interface OpenInferenceOptions {
  /**
   * Address of the Open Inference Protocol v2 API, `/v2` included: absolute, or relative to the page. A `/v2` or a
   * slash missing or left over at its end does no harm: `https://api.example`, `https://api.example/v2` and
   * `https://api.example/v2/` are the same. It takes no query string. A relative one needs a page to be relative to; on
   * a server without one, calls are rejected with `OPTIONS_INVALID`.
   *
   * @example
   * openInference({ baseUrl: '/v2' });
   */
  readonly baseUrl: string;
  /**
   * The model's name at the server.
   *
   * @default the predictor's `model.name`
   */
  readonly model?: string | undefined;
  /**
   * The model's version at the server.
   *
   * @default none: the server chooses
   */
  readonly version?: string | undefined;
  /** Headers sent with every request, for instance `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * How tensors travel, both ways. Every server takes `json`, which is why it is the default; it cannot carry FP16, NaN
   * or infinities. `binary` needs the server's extension `binary_tensor_data`, and across origins its CORS must allow
   * and expose `Inference-Header-Content-Length`; it is a quarter to a fifth of the size and far faster from a few
   * thousand elements on.
   *
   * @default 'json'
   */
  readonly format?: TensorFormat | undefined;
  /**
   * ms for each call, from asking to the last byte of the answer; more than 0, at most 2^31 - 1.
   *
   * @default 10_000
   */
  readonly timeout?: number | undefined;
  /**
   * What to use in place of the global `fetch`, for instance in tests. It must heed `signal`.
   *
   * @default globalThis.fetch, as it is at the time of each call
   */
  readonly fetch?: typeof fetch | undefined;
  /**
   * How many calls run at once.
   *
   * @default 6, what browsers open to one HTTP/1.1 server
   */
  readonly concurrency?: number | undefined;
}

export interface ResolvedOptions {
  readonly baseUrl: string;
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly format: TensorFormat;
  readonly timeout: number;
  readonly fetch: typeof fetch;
  readonly concurrency: number;
}

/** The longest delay timers take; with a longer one they fire at once. */
const maxTimeout = 2 ** 31 - 1;

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function resolveOptions(options: OpenInferenceOptions): ResolvedOptions {
  const {
    baseUrl,
    model,
    version,
    headers = {},
    format = 'json',
    timeout = 10_000,
    concurrency = 6,
  } = options;
  if (typeof baseUrl !== 'string' || baseUrl === '' || /[?#]/.test(baseUrl)) {
    throw invalid('baseUrl', 'Pass an address without a query string, for instance "/v2"');
  }
  if (model === '' || version === '') throw invalid('model or version', 'Pass a name, or leave it out');
  if (format !== 'json' && format !== 'binary') throw invalid('format', "Pass 'json' or 'binary'");
  if (!(timeout > 0 && timeout <= maxTimeout))
    throw invalid('timeout', `Pass ms, more than 0, at most ${maxTimeout}`);
  if (!(Number.isInteger(concurrency) && concurrency > 0)) {
    throw invalid('concurrency', 'Pass a whole number from 1 up');
  }
  return {
    baseUrl: normalizeBaseUrl(baseUrl),
    model,
    version,
    headers: checkHeaders(headers),
    format,
    timeout,
    // Called as a plain function: a browser's fetch refuses any other `this` than the global object.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    concurrency,
  };
}

function normalizeBaseUrl(baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/+$/, '');
  return trimmed.endsWith('/v2') || trimmed === 'v2' ? trimmed : `${trimmed}/v2`;
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(new Headers({ ...headers }));
  } catch (cause) {
    throw invalid('headers', 'Pass names and values that HTTP allows', cause);
  }
}

function invalid(option: string, hint: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is not valid`,
    where: 'openInference',
    hint,
    cause,
  });
}
