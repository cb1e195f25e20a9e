import { describeError, PredcacheError } from '@predcache/core';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON value that a line holds.
 *
 * @throws {PredcacheError} `INPUT_NOT_JSON`
 */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new PredcacheError({
      code: 'INPUT_NOT_JSON',
      what: `It is no JSON: ${describeError(cause).slice(0, 200)}`,
      where: 'input',
      hint: 'Write one JSON value a line, in UTF-8',
      cause,
    });
  }
}
