import { PredcacheError } from '../errors/predcacheError.js';
import type { Model } from '../model.js';
import { canonicalJson } from './canonicalJson.js';
import { sha256 } from './sha256.js';

/**
 * The 32 bytes that stand for a model in every key: SHA-256 of the canonical JSON of `{ digest, externalData, name,
 * version }`, the digest being the model's `integrity`, and `externalData` the `{ digest, path }` of each file, by path;
 * what there is none of is left out.
 */
export function modelIdentity({ name, version, integrity, externalData = [] }: Model): Uint8Array {
  for (const [field, value] of Object.entries({ name, version })) {
    if (typeof value !== 'string' || value === '') {
      throw new PredcacheError({
        code: 'OPTIONS_INVALID',
        what: `The model has no ${field}`,
        where: `option model.${field}`,
        hint: 'Pass a string that is not empty; both are part of every key',
      });
    }
  }
  const files = externalData
    .map((file) => ({ digest: file.integrity, path: file.path }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const identity = { digest: integrity, externalData: files.length === 0 ? undefined : files, name, version };
  return sha256(new TextEncoder().encode(canonicalJson(identity)));
}
