import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { isCount } from './fields.js';
import { isFreshness } from './freshnessFields.js';

/** The error for what cannot be stored. */
export function notStorable(what: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'STORAGE_FAILED',
    what,
    where: 'encodeEntry',
    hint: 'An entry holds named tensors or a JSON value, and the other fields of the type Entry',
    cause,
  });
}

/**
 * Checks every field but the outputs.
 *
 * @throws {PredcacheError} `STORAGE_FAILED`, naming the field.
 */
export function checkEntry(entry: Entry): void {
  if (typeof entry !== 'object' || entry === null) throw notStorable('What was given is no entry');
  const { key, model, createdAt, cost, size, tags, computedBy, backend, freshness } = entry;
  if (typeof key !== 'string') throw wrong('key', key, 'a string');
  if (typeof model !== 'string') throw wrong('model', model, 'a string');
  if (!Number.isFinite(createdAt)) throw wrong('createdAt', createdAt, 'a finite number');
  if (!isCount(cost)) throw wrong('cost', cost, 'a finite number of 0 or more');
  if (!isCount(size)) throw wrong('size', size, 'a finite number of 0 or more');
  if (computedBy !== 'on_device' && computedBy !== 'in_cloud' && computedBy !== 'app') {
    throw wrong('computedBy', computedBy, 'on_device, in_cloud or app');
  }
  if (typeof backend !== 'string') throw wrong('backend', backend, 'a string');
  if (!isFreshness(freshness))
    throw wrong('freshness', freshness, 'times of 0 or more and an etag that is a string');
  if (!isStrings(tags)) throw wrong('tags', tags, 'an array of strings');
}

function isStrings(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  // Not `every`, which passes over the holes of a sparse array.
  for (let index = 0; index < value.length; index++) if (typeof value[index] !== 'string') return false;
  return true;
}

function wrong(field: keyof Entry, value: unknown, expected: string): PredcacheError {
  const came =
    typeof value === 'number' ? String(value) : value === null ? 'null' : `of type ${typeof value}`;
  return notStorable(`The field ${field} is ${came}, not ${expected}`);
}
