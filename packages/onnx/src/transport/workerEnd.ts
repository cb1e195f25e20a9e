import type { PredcacheError } from '@predcache/core';

/**
 * How a worker came to its end:
 * - `unfit`: it never got ready
 * - `died`: ended from outside, by itself, or by an error that nothing caught
 * - `silent`: it gave no sign of life and was ended
 * - `broken`: its runtime is of no use after what it answered last
 * - `recycled`: ended on purpose, another one may go on
 * - `disposed`: ended on purpose, for good
 */
export type WorkerEndKind = 'unfit' | 'died' | 'silent' | 'broken' | 'recycled' | 'disposed';

export interface WorkerEnd {
  readonly kind: WorkerEndKind;
  readonly error: PredcacheError;
}
