import { type ErrorCode, isPredcacheError, type PredcacheError } from '@predcache/core';
import { expect } from 'vitest';

/** What a function throws, which must be one of our errors with this code. */
export function thrown(work: () => unknown, code: ErrorCode = 'REMOTE_PROTOCOL'): PredcacheError {
  try {
    work();
  } catch (error) {
    return checked(error, code);
  }
  throw new Error(`It was expected to throw ${code}`);
}

/** What a promise rejects with, which must be one of our errors with this code. */
export async function rejection(promise: Promise<unknown>, code: ErrorCode): Promise<PredcacheError> {
  try {
    await promise;
  } catch (error) {
    return checked(error, code);
  }
  throw new Error(`It was expected to reject with ${code}`);
}

function checked(error: unknown, code: ErrorCode): PredcacheError {
  if (!isPredcacheError(error)) throw error;
  expect(error.code, error.message).toBe(code);
  expect(error.message).not.toMatch(/undefined|\[object/);
  return error;
}
