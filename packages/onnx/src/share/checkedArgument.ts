import { type Payload, PredcacheError } from '@predcache/core';
import type { Methods } from '../session/methods.js';
import { requireTensors } from '../session/tensors.js';
import { isMethod } from './messages.js';
import { isRecord } from './readMessages.js';

export interface CheckedCall<Method extends keyof Methods = keyof Methods> {
  readonly method: Method;
  readonly argument: Methods[Method]['argument'];
}

/**
 * A call of another tab, which may be anybody's script in this origin.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` or `INPUT_REJECTED` for what this tab would not have sent itself.
 */
export function checkedCall(method: string, argument: unknown): CheckedCall {
  if (!isMethod(method)) throw invalid(`There is no method ${JSON.stringify(method.slice(0, 50))}`);
  if (!isRecord(argument)) throw invalid(`The argument of ${method} is no object`);
  const { model, settings, batch } = argument;
  if (!isRecord(model) || !isText(model.name) || !isText(model.version) || !isText(model.url))
    throw invalid(`The model of ${method} has no name, version and url`);
  if (model.integrity !== undefined && !isText(model.integrity))
    throw invalid(`The model of ${method} has an integrity that is no string`);
  if (!isRecord(settings)) throw invalid(`The settings of ${method} are no object`);
  if (method !== 'run') return { method, argument: argument as unknown as CheckedCall['argument'] };
  if (!Array.isArray(batch)) throw invalid('The batch of a run is no array');
  const tensors = batch.map((payload, item) => requireTensors(payload as Payload, item));
  return { method, argument: { ...argument, batch: tensors } as unknown as CheckedCall['argument'] };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function invalid(what: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what,
    where: 'a call of another tab',
    hint: 'Call onnx() with share, and leave its channels to it',
  });
}
