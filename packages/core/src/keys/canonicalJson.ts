import { PredcacheError } from '../errors/predcacheError.js';
import type { JsonValue } from '../payload.js';

/** Deep enough for any data, shallow enough for every engine's stack. */
const maxDepth = 1000;

/**
 * The canonical text of a JSON value by the JSON Canonicalization Scheme (RFC 8785): no white space, members sorted
 * by their names' UTF-16 code units, numbers as ECMAScript writes them (so -0 is `0`).
 *
 * A member whose value is `undefined` is left out, as `JSON.stringify` does. Everything else that is not JSON is an
 * error rather than being dropped or turned into `null`, because two different inputs would then share a key.
 *
 * @throws {PredcacheError} `INPUT_NOT_JSON`, with the path of the offending value.
 *
 * @example
 * canonicalJson({ b: [1.0, 'é'], a: null }); // '{"a":null,"b":[1,"é"]}'
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** The value that a canonical text stands for: a deep copy, with -0 as 0 and undefined members gone. */
export function parseCanonicalJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

/** Where a value stands: member names and positions. Only made into text when something is wrong with it. */
type Path = (string | number)[];

function write(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      if (!Number.isFinite(value))
        throw notJson(path, `${value} is no JSON number`, 'Pass it in a tensor, or as null');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (path.length >= maxDepth)
        throw notJson(path, `Nested deeper than ${maxDepth} levels, or in itself`, 'Flatten it');
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw notJson(
        path,
        `A value of type ${typeof value} is no JSON`,
        'Leave it out, or turn it into a string',
      );
  }
}

function writeString(value: string, path: Path): string {
  if (!value.isWellFormed()) {
    throw notJson(path, 'The string holds half of a surrogate pair', 'Pass text that is well-formed Unicode');
  }
  return JSON.stringify(value);
}

function writeArray(array: readonly unknown[], path: Path): string {
  let text = '[';
  for (let index = 0; index < array.length; index++) {
    if (index > 0) text += ',';
    path.push(index);
    text += write(array[index], path);
    path.pop();
  }
  return `${text}]`;
}

function writeObject(object: object, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  // A plain object of another realm has another Object.prototype, which itself has none.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const kind = object.constructor?.name ?? 'unknown';
    throw notJson(
      path,
      `A ${kind} is no plain object`,
      'Pass plain objects and arrays, or tensors as { type, dims, data }',
    );
  }
  let text = '{';
  // The default order of sort() is that of UTF-16 code units, which is what RFC 8785 §3.2.3 asks for.
  for (const name of Object.keys(object).sort()) {
    const member = (object as Record<string, unknown>)[name];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${writeString(name, path)}:`;
    path.push(name);
    text += write(member, path);
    path.pop();
  }
  return `${text}}`;
}

function notJson(path: Path, what: string, hint: string): PredcacheError {
  const steps = path.slice(0, 20).map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  const where = `JSON value at $${steps.join('')}`.slice(0, 200);
  return new PredcacheError({ code: 'INPUT_NOT_JSON', what, where, hint });
}
