import type { Engine, Tier } from '@predcache/core';
import type { FastifyServerOptions } from 'fastify';
import type { RateLimit } from './access/rateLimits.js';
import type { UpstreamOptions } from './upstream/upstreamOptions.js';

/** Options of {@link buildGateway}. One of `models` and `upstream` is needed; with both, the folder's models come first. */
export interface GatewayOptions {
  /**
   * Folder whose models are served: `NAME.onnx` (its version is `version` of `NAME.json`, else `1`), and
   * `NAME/VERSION/model.onnx`, several versions of one model.
   */
  readonly models?: string | undefined;
  /** A server of the Open Inference Protocol v2 that computes what no model of the folder does. */
  readonly upstream?: UpstreamOptions | undefined;
  /**
   * Whether models are loaded again when their files change.
   *
   * @default false
   */
  readonly watch?: boolean | undefined;
  /**
   * What runs the models of the folder. It is disposed of when the gateway closes.
   *
   * @default onnxNode(): onnxruntime-node where it is installed, else onnxruntime-web, in this process
   */
  readonly engine?: Engine | undefined;
  /**
   * Bytes of predictions kept in memory, for all models together.
   *
   * @default 64 MiB
   */
  readonly cacheSize?: number | undefined;
  /**
   * Bytes of answers kept as they went out, so that what is asked for again and again is not written again.
   *
   * @default 16 MiB
   */
  readonly answerCacheSize?: number | undefined;
  /** Slower tiers to ask after memory, the fastest first. */
  readonly tiers?: readonly Tier[] | undefined;
  /**
   * ms for which an answer is fresh. Answers then carry `Cache-Control: max-age`.
   *
   * @default for ever: a model's answer does not change
   */
  readonly ttl?: number | undefined;
  /**
   * `Cache-Control` of every answer to an inference.
   *
   * @default none without a `ttl`, so that clients go by their own rules
   */
  readonly cacheControl?: string | undefined;
  /**
   * Whether `Cache-Status` names the prediction's key. Whoever has keys can ask whether a prediction is known.
   *
   * @default false
   */
  readonly exposeKeys?: boolean | undefined;
  /**
   * Whether `GET /v2/predictions/{key}` answers known predictions.
   *
   * @default true without `apiKeys`, else false: one client could find out what another one has asked
   */
  readonly sharedPredictions?: boolean | undefined;
  /** Keys that clients must send one of. Without any, everybody may ask. */
  readonly apiKeys?: readonly string[] | undefined;
  /** How much each API key may ask. Only with `apiKeys`. */
  readonly rateLimit?: RateLimit | undefined;
  /** Bounds on what clients may ask for. */
  readonly limits?: Partial<Limits> | undefined;
  /** Folder with a built web page to serve at `/`. */
  readonly site?: string | undefined;
  /**
   * Origins whose pages may call the gateway.
   *
   * @default '*'
   */
  readonly corsOrigin?: string | readonly string[] | undefined;
  /**
   * Fastify's logger. Each request gives one line: method, path, status, ms, model and what the cache did; never inputs,
   * outputs or keys.
   *
   * @default false
   */
  readonly logger?: FastifyServerOptions['logger'];
}

/** Bounds on what clients may ask for; whole numbers, 1 or more. */
export interface Limits {
  /**
   * Largest request body in bytes, also once decompressed; larger ones get status 413.
   *
   * @default 8 MiB
   */
  readonly maxBodySize: number;
  /**
   * Most elements that the inputs of one request may hold together; what holds more gets status 413. A run computes in
   * the thread that serves, and what it costs grows with its elements: raise this only for models that are quick.
   *
   * @default 16,384: for the shipped models, 16 texts of full length
   */
  readonly maxElements: number;
  /**
   * Longest first axis of an input, where the model leaves it open and has more axes than that one; else status 413.
   *
   * @default 1,024
   */
  readonly maxBatchSize: number;
  /**
   * Most tensors of one request; more get status 413.
   *
   * @default 64
   */
  readonly maxTensors: number;
  /**
   * Deepest nesting of JSON; deeper gets status 400.
   *
   * @default 64
   */
  readonly maxJsonDepth: number;
  /**
   * Different inputs that may wait for each model; what comes beyond that gets status 503 with `Retry-After`.
   *
   * @default 1,000
   */
  readonly maxQueueLength: number;
  /**
   * Inferences under way at once, identical ones included; what comes beyond that gets status 503, its body unread.
   *
   * @default 10,000
   */
  readonly maxRequests: number;
  /**
   * Listeners of `/v2/events` at once; more get status 503.
   *
   * @default 1,000
   */
  readonly maxEventStreams: number;
  /**
   * ms for a request to arrive as a whole; slower ones get status 408: they only hold a connection.
   *
   * @default 30,000
   */
  readonly requestTimeout: number;
  /**
   * ms for a request's header to arrive; slower ones get status 408.
   *
   * @default 10,000
   */
  readonly headersTimeout: number;
}

export const defaultLimits: Limits = {
  maxBodySize: 8 * 1024 * 1024,
  maxElements: 16_384,
  maxBatchSize: 1_024,
  maxTensors: 64,
  maxJsonDepth: 64,
  maxQueueLength: 1_000,
  maxRequests: 10_000,
  maxEventStreams: 1_000,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
};

export const defaultCacheSize = 64 * 1024 * 1024;
export const defaultAnswerCacheSize = 16 * 1024 * 1024;
