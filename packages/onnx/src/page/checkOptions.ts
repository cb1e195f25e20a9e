import { PredcacheError } from '@predcache/core';
import type { ModelCacheSettings, SessionSettings } from '../session/methods.js';
import type { OnnxOptions } from './onnxOptions.js';

export interface CheckedOptions {
  readonly worker: () => Worker;
  readonly workers: number;
  readonly startTimeout: number;
  readonly runTimeout: number;
  readonly idleTimeout: number;
  readonly hardAbort: boolean;
  readonly maxQueueLength: number;
  readonly settings: SessionSettings;
  /** The name of what tabs share; absent where they do not. */
  readonly share: string | undefined;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option, what came and what was expected. */
export function checkOptions(options: OnnxOptions): CheckedOptions {
  const { worker, workers = 1, startTimeout = 30_000, runTimeout = 60_000, idleTimeout = 300_000 } = options;
  const { hardAbort = false, maxQueueLength = 10_000, batching, threads } = options;
  if (typeof worker !== 'function')
    throw invalidOption(
      'worker',
      `a ${typeof worker}`,
      "a function: () => new Worker(…, { type: 'module' })",
    );
  requireCount('workers', workers);
  requireDuration('startTimeout', startTimeout);
  requireDuration('runTimeout', runTimeout);
  if (idleTimeout !== Number.POSITIVE_INFINITY) requireDuration('idleTimeout', idleTimeout);
  requireBoolean('hardAbort', hardAbort);
  requireCount('maxQueueLength', maxQueueLength);
  if (batching !== undefined) requireBoolean('batching', batching);
  if (threads !== undefined) requireCount('threads', threads);
  return {
    worker,
    workers,
    startTimeout,
    runTimeout,
    idleTimeout,
    hardAbort,
    maxQueueLength,
    settings: { batching, threads, modelCache: checkModelCache(options.modelCache) },
    share: checkShare(options.share),
  };
}

function checkModelCache(given: OnnxOptions['modelCache']): ModelCacheSettings | false {
  if (given === false) return false;
  if (typeof (given ?? {}) !== 'object' || given === null)
    throw invalidOption('modelCache', String(given), "false, or { name: 'a name', keepVersions: 1 }");
  const { name = 'predcache-models', keepVersions = 1 } = given ?? {};
  if (typeof name !== 'string' || name === '') throw invalidOption('modelCache.name', String(name), 'a name');
  requireCount('modelCache.keepVersions', keepVersions);
  return { name, keepVersions };
}

function checkShare(given: OnnxOptions['share']): string | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return '';
  if (typeof given?.name === 'string') return given.name;
  throw invalidOption('share', JSON.stringify(given), "true, false, or { name: 'a name' }");
}

function requireDuration(option: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw invalidOption(option, String(value), 'a number of ms above 0');
}

function requireCount(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw invalidOption(option, String(value), 'a whole number of 1 or more');
}

function requireBoolean(option: string, value: boolean): void {
  if (typeof value !== 'boolean') throw invalidOption(option, String(value), 'true or false');
}

export function invalidOption(option: string, came: string, expected: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is ${came}`,
    where: 'onnx()',
    hint: `Pass ${expected}`,
  });
}
