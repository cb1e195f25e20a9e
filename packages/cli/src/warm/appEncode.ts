import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError, PredcacheError, type PredictorOptions } from '@predcache/core';

export type AppEncode = Pick<
  PredictorOptions<unknown, unknown, never>,
  'encode' | 'keyFrom' | 'encodeVersion'
>;

/**
 * Loads a module that exports the page's `encode`, and `keyFrom` with `encodeVersion` where the page has them.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`: it cannot be loaded, or has no `encode`.
 */
export async function loadAppEncode(file: string): Promise<AppEncode> {
  const { encode, keyFrom, encodeVersion } = await importModule(file);
  if (typeof encode !== 'function') throw invalid('It exports no function named encode', file);
  // What is wrong with the other two createPredictor says.
  return {
    encode: encode as NonNullable<AppEncode['encode']>,
    keyFrom: keyFrom as AppEncode['keyFrom'],
    encodeVersion: encodeVersion as AppEncode['encodeVersion'],
  };
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path.resolve(file)).href);
  } catch (cause) {
    throw invalid(`It cannot be loaded: ${describeError(cause)}`, file, cause);
  }
}

function invalid(what: string, file: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what,
    where: file,
    hint: 'Give --encode a JavaScript module that Node can import and that exports the encode of your page',
    cause,
  });
}
