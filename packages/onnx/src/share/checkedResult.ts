import { PredcacheError } from '@predcache/core';
import type { Methods } from '../session/methods.js';
import { isRecord } from './readMessages.js';
import type { Argument, Result } from './waitingCall.js';

/**
 * What another tab says is the result of a call.
 *
 * @throws {PredcacheError} `ENGINE_FAILED` for what no engine gives.
 */
export function checkedResult(method: keyof Methods, argument: Argument, value: unknown): Result {
  if (!isResult(method, argument, value)) {
    throw new PredcacheError({
      code: 'ENGINE_FAILED',
      what: `What another tab gave is no result of ${method}`,
      where: 'the on-device engine shared between tabs',
      hint: 'Make sure that no other script of the origin uses its channels',
    });
  }
  return value as Result;
}

function isResult(method: keyof Methods, argument: Argument, value: unknown): boolean {
  if (method === 'load' || method === 'unload') return value === undefined;
  if (!isRecord(value)) return false;
  if (method === 'signature') return Array.isArray(value.inputs) && Array.isArray(value.outputs);
  const { outputs, backend } = value;
  const { batch } = argument as Methods['run']['argument'];
  return (
    typeof backend === 'string' &&
    Array.isArray(outputs) &&
    outputs.length === batch.length &&
    outputs.every(isRecord)
  );
}
