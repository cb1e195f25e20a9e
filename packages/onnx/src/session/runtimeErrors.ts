import { PredcacheError } from '@predcache/core';

const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /content security policy|unsafe-eval|csp/i,
    "Allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy",
  ],
  [
    /3c 21|3c 68|expected magic word/i,
    'Make the server answer the .wasm file itself: it answered something else, often index.html',
  ],
  [
    /LinkError|function import requires|is not a function/i,
    'Deploy the .wasm file and the script of the same onnxruntime-web version together',
  ],
  [/SIMD/, 'The browser is too old for WebAssembly SIMD: use a remote engine there'],
  [
    /memory/i,
    'The device has too little memory for the runtime: use a remote engine there, or free memory first',
  ],
];

/** Marks errors after which the runtime is of no use; only a new realm, such as a new worker, helps. */
const broken = { runtime: 'broken' } as const;

export function leavesRuntimeBroken(error: unknown): boolean {
  return error instanceof PredcacheError && error.details.runtime === broken.runtime;
}

/** @param threads how many it was to have */
export function runtimeUnavailable(cause: unknown, threads = 1): PredcacheError {
  const message = messageOf(cause);
  return new PredcacheError({
    code: 'RUNTIME_UNAVAILABLE',
    what: `ONNX Runtime did not start: ${shortened(message)}`,
    where: 'the wasm runtime',
    hint:
      hints.find(([pattern]) => pattern.test(message))?.[1] ??
      'Check that the .wasm file of onnxruntime-web can be fetched and that WebAssembly is allowed',
    details: threads > 1 ? { ...broken, threads } : broken,
    cause,
  });
}

/** Whether a runtime of several threads did not start: with one it may, in a realm of its own. */
export function failedWithThreads(error: unknown): boolean {
  return leavesRuntimeBroken(error) && (error as PredcacheError).details.threads !== undefined;
}

export function threadsTimedOut(timeout: number): Error {
  return new Error(`its threads were not ready after ${timeout} ms`);
}

export function runtimeTimedOut(timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'RUNTIME_UNAVAILABLE',
    what: `ONNX Runtime was not ready after ${timeout} ms`,
    where: 'the wasm runtime',
    hint: 'Check the network: its .wasm file of several MB may still be downloading',
    details: { timeout, ...broken },
  });
}

/**
 * A trap inside the wasm, or no memory left: its memory may be damaged. ONNX Runtime copies inputs to where `malloc` says
 * without asking whether it found any room, which is a RangeError at best and overwrites its own data at worst; and
 * wasm memory never gets smaller again.
 */
export function isRuntimeCrash(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return true;
  return error instanceof Error && /bad_alloc|Failed to allocate memory/.test(error.message);
}

export function runtimeCrashed(cause: unknown, where: string): PredcacheError {
  return new PredcacheError({
    code: 'ENGINE_FAILED',
    what: `ONNX Runtime crashed: ${shortened(messageOf(cause))}`,
    where,
    hint: 'Try again with less at once; if it stays so, the model needs more memory than the device gives',
    details: broken,
    cause,
  });
}

/** ONNX Runtime's code for an invalid argument; onnxruntime-node gives no codes. */
const blamesTheInput = /ERROR_CODE: 2\b|out of data bounds|invalid dimensions/i;

/** What a failed run rejects with. Crashes are passed on as they are: they concern more than one session. */
export function runFailed(error: unknown, model: string): unknown {
  if (!(error instanceof Error) || error instanceof PredcacheError || isRuntimeCrash(error)) return error;
  const blamesInput = blamesTheInput.test(error.message);
  return new PredcacheError({
    code: blamesInput ? 'INPUT_REJECTED' : 'ENGINE_FAILED',
    what: `ONNX Runtime could not run the model: ${error.message.slice(0, 500)}`,
    where: model,
    hint: blamesInput
      ? 'Check the values and dims of the input against what the model expects'
      : 'Check that the model runs with this input elsewhere, for instance in Python with onnxruntime',
    cause: error,
  });
}

/** Emscripten's messages go on with advice for those who build it; the whole text stays in the cause. */
function shortened(message: string): string {
  return message
    .split(/\.?\s*(?:Build with -s|\n)/, 1)[0]!
    .slice(0, 300)
    .replace(/\.+$/, '');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
