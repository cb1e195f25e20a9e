import type { JsonValue } from '@predcache/core';

/** Whether a value, all the way down, is one that JSON can carry. Numbers that JSON cannot write are let through. */
export function isJson(value: unknown): value is JsonValue {
  if (value === null) return true;
  if (typeof value !== 'object') {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  }
  // Not `every`, which passes over the holes of a sparse array.
  if (Array.isArray(value)) return !Array.from<unknown>(value).some((element) => !isJson(element));
  return isPlainObject(value) && Object.values(value).every(isJson);
}

/** Also true for an object of another realm; false for dates, maps, typed arrays and the like. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
