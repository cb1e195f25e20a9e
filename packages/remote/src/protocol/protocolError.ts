import { PredcacheError } from '@predcache/core';

/** A message that is not what the protocol says. `where` names the part of the message. */
export function protocolError(what: string, where: string, hint: string, cause?: unknown): PredcacheError {
  return new PredcacheError({ code: 'REMOTE_PROTOCOL', what, where, hint, cause });
}

/** A short picture of a value of unknown kind; never its whole content. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'bigint') return value.toString().slice(0, 40);
  return value === null || typeof value !== 'object' ? String(value) : 'an object';
}
