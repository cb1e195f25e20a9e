import { PredcacheError } from '@predcache/core';
import type { NodeRuntime } from './nodeRuntime.js';

export interface OnnxNodeOptions {
  /**
   * `web` is onnxruntime-web's wasm with one thread, whose bits are those of a browser. `native` is onnxruntime-node: it is
   * faster, its bits are its own, and the app has to install it. `auto` is `native` where that is installed, else `web`.
   * An answer's `backend` tells which it was: `wasm` or `cpu`.
   *
   * @default 'auto'
   */
  readonly runtime?: NodeRuntime | undefined;

  /**
   * Whether inputs of equal shapes are computed together, along their first axis.
   *
   * @default where the model's dims allow it, and its answers turn out to be the same together and alone
   */
  readonly batching?: boolean | undefined;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`. */
export function requireNodeOptions({ runtime, batching }: OnnxNodeOptions): void {
  if (runtime !== undefined && !['auto', 'web', 'native'].includes(runtime))
    throw invalid('runtime', runtime, "'auto', 'web' or 'native'");
  if (batching !== undefined && typeof batching !== 'boolean')
    throw invalid('batching', batching, 'true, false or undefined');
}

function invalid(option: string, came: unknown, expected: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is ${JSON.stringify(came)}`,
    where: 'onnxNode()',
    hint: `Pass ${expected}`,
  });
}
