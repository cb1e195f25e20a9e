import { PredcacheError } from '@predcache/core';
import { digestOf } from './contentDigest.js';

/**
 * Checks a model file against the digest it should have.
 *
 * @throws {PredcacheError} `MODEL_INTEGRITY_MISMATCH` with `details.expected` and `details.actual`.
 */
export async function verifyIntegrity(
  bytes: Uint8Array<ArrayBuffer>,
  integrity: string,
  where: string,
): Promise<void> {
  const actual = await digestOf(bytes);
  if (actual !== integrity) throw integrityMismatch({ actual, integrity, where, size: bytes.byteLength });
}

export interface Mismatch {
  readonly actual: string;
  readonly integrity: string;
  readonly where: string;
  readonly size: number;
}

export function integrityMismatch({ actual, integrity, where, size }: Mismatch): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_INTEGRITY_MISMATCH',
    what: `The model file is not the one expected: its digest is ${actual}, not ${integrity}`,
    where,
    hint: 'Deploy the file and its integrity together, and check that no proxy or cache serves an older file',
    details: { expected: integrity, actual, bytes: size },
  });
}
