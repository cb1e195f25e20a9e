import { PredcacheError } from '@predcache/core';

/** Half of a surrogate pair, for which UTF-8 has no form: encoders silently write U+FFFD instead. */
const loneSurrogate = /\p{Surrogate}/u;

export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Makes a decoder that throws on bytes that are not UTF-8 and keeps a leading U+FEFF, which may well be data. */
export function strictUtf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

/** @throws {PredcacheError} `INPUT_TENSOR_INVALID` when an element cannot be written as UTF-8. */
export function requireWellFormed(name: string, elements: readonly string[]): void {
  if (elements.every(isWellFormed)) return;
  throw new PredcacheError({
    code: 'INPUT_TENSOR_INVALID',
    what: 'A string holds half of a surrogate pair',
    where: `tensor "${name}"`,
    hint: 'Pass text that is well-formed Unicode',
  });
}
