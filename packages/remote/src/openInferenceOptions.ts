import type { Compression } from './compression.js';
import type { TensorFormat } from './protocol/message.js';
import {
  invalidOption,
  type ResolvedTransport,
  resolveTransport,
  type TransportOptions,
} from './transport/transportOptions.js';

/** Options of {@link openInference}. */
export interface OpenInferenceOptions extends TransportOptions {
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
  /**
   * How tensors travel, both ways. `json` is what every server takes; it cannot carry FP16, NaN or infinities. `binary`
   * needs the server's extension `binary_tensor_data`, and across origins its CORS must allow and expose
   * `Inference-Header-Content-Length`; it is a quarter to a fifth of the size and far faster from a few thousand elements
   * on. `auto` sends small inputs as JSON; before the first one of 1 kB or more, or one that JSON cannot carry, it asks
   * the server once (`GET /v2`) whether it has the extension, and goes on with JSON where it has not, where the page is
   * not allowed to send that header, or not to read it.
   *
   * @default 'auto'
   */
  readonly format?: TensorFormat | 'auto' | undefined;
  /**
   * How many inputs go into one request, joined along their first axis, and how many rows it may have. Only for models
   * whose metadata gives every input and output a first axis of any length; for others, and for inputs of different
   * shapes, each has a request of its own.
   *
   * @default 1
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * Whether request bodies are compressed. `auto` does so once the server has said in `Accept-Encoding` of an answer that
   * it takes it (RFC 7694). A server that answers 415 is sent none any more. Compressed answers are read in any case.
   * Tensors of floats compress badly; text and JSON compress well.
   *
   * @default 'none'
   */
  readonly compression?: Compression | 'auto' | 'none' | undefined;
  /**
   * Bytes of a body from which on it is compressed.
   *
   * @default 1_024
   */
  readonly compressFrom?: number | undefined;
}

export interface ResolvedOptions {
  readonly baseUrl: string;
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly format: TensorFormat | 'auto';
  readonly maxBatchSize: number;
  readonly compression: Compression | 'auto' | 'none';
  readonly compressFrom: number;
  readonly transport: ResolvedTransport;
}

const where = 'openInference';

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function resolveOptions(options: OpenInferenceOptions): ResolvedOptions {
  const { baseUrl, model, version, format = 'auto', maxBatchSize = 1 } = options;
  const { compression = 'none', compressFrom = 1_024 } = options;
  const check = (isValid: boolean, option: string, hint: string): void => {
    if (!isValid) throw invalidOption(option, where, hint);
  };
  const isAddress = typeof baseUrl === 'string' && baseUrl !== '' && !/[?#]/.test(baseUrl);
  check(isAddress, 'baseUrl', 'Pass an address without a query string, for instance "/v2"');
  check(model !== '' && version !== '', 'model or version', 'Pass a name, or leave it out');
  check(['auto', 'json', 'binary'].includes(format), 'format', "Pass 'auto', 'json' or 'binary'");
  check(Number.isInteger(maxBatchSize) && maxBatchSize > 0, 'maxBatchSize', 'Pass a whole number from 1 up');
  const compressions = ['none', 'auto', 'gzip', 'deflate'];
  check(compressions.includes(compression), 'compression', `Pass one of '${compressions.join("', '")}'`);
  check(compressFrom >= 0, 'compressFrom', 'Pass bytes, 0 or more');
  return {
    baseUrl: normalizeBaseUrl(baseUrl),
    model,
    version,
    format,
    maxBatchSize,
    compression,
    compressFrom,
    transport: resolveTransport(options, where),
  };
}

function normalizeBaseUrl(baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/+$/, '');
  return trimmed.endsWith('/v2') || trimmed === 'v2' ? trimmed : `${trimmed}/v2`;
}
