import { type Engine, PredcacheError } from '@predcache/core';
import type { FastifyServerOptions } from 'fastify';

/** Options of {@link buildGateway}. */
export interface GatewayOptions {
  /** Folder whose `*.onnx` files are served; a model's name is its file's name without the ending. */
  readonly models: string;
  /**
   * What runs the models. It is disposed of when the gateway closes.
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
   * Largest request body in bytes; larger ones get status 413.
   *
   * @default 8 MiB
   */
  readonly maxBodySize?: number | undefined;
  /**
   * Most elements that the inputs of one request may hold together; what holds more gets status 413. A run computes in
   * the thread that serves, and what it costs grows with its elements: raise this only for models that are quick.
   *
   * @default 16,384: for the shipped models, 16 texts of full length
   */
  readonly maxElements?: number | undefined;
  /** Folder with a built web page to serve at `/`. */
  readonly site?: string | undefined;
  /**
   * Origins whose pages may call the gateway.
   *
   * @default '*'
   */
  readonly corsOrigin?: string | readonly string[] | undefined;
  /**
   * Fastify's logger. Requests are logged by method, path and status, never with their inputs.
   *
   * @default false
   */
  readonly logger?: FastifyServerOptions['logger'];
}

export const defaultMaxBodySize = 8 * 1024 * 1024;
export const defaultMaxElements = 16_384;
export const defaultCacheSize = 64 * 1024 * 1024;

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function checkGatewayOptions(options: GatewayOptions): void {
  const { models, cacheSize = 1, maxBodySize = 1, maxElements = 1 } = options;
  if (typeof models !== 'string' || models === '') throw invalid('models', 'Name a folder');
  if (!(cacheSize >= 1)) throw invalid('cacheSize', 'Pass a number of bytes, 1 or more');
  if (!Number.isSafeInteger(maxBodySize) || maxBodySize < 1) {
    throw invalid('maxBodySize', 'Pass a whole number of bytes, 1 or more');
  }
  if (!Number.isSafeInteger(maxElements) || maxElements < 1) {
    throw invalid('maxElements', 'Pass a whole number of elements, 1 or more');
  }
}

function invalid(option: string, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is not valid`,
    where: 'buildGateway',
    hint,
  });
}
