import type { Payload, Tensors } from '@predcache/core';
import { datatypeOf } from './protocol/datatypes.js';

/** Whether a payload is named tensors, at least one, rather than a JSON value. */
export function isDatatypeTensors(payload: Payload): payload is Tensors {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false;
  const members = Object.values(payload);
  return members.length > 0 && members.every(isTensor);
}

function isTensor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, dims, data } = value as Readonly<Record<string, unknown>>;
  return (
    datatypeOf(type) !== undefined && Array.isArray(dims) && (Array.isArray(data) || ArrayBuffer.isView(data))
  );
}
