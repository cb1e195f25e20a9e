import { PredcacheError } from '@predcache/core';

const form = /^sha256-([A-Za-z0-9+/]{43}=)$/;

/**
 * The base64 digest inside an `integrity` string.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` unless it has the form `sha256-` + 44 characters of base64.
 */
export function parseIntegrity(integrity: string, where: string): string {
  const digest = form.exec(integrity)?.[1];
  if (digest !== undefined) return digest;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The integrity ${JSON.stringify(String(integrity).slice(0, 100))} is malformed`,
    where,
    hint: 'Give "sha256-" and the base64 of the file\'s SHA-256: openssl dgst -sha256 -binary FILE | base64',
  });
}

/**
 * Checks a model file against the digest it should have.
 *
 * @throws {PredcacheError} `MODEL_INTEGRITY_MISMATCH` with `details.expected` and `details.actual`;
 *   `RUNTIME_UNAVAILABLE` where WebCrypto is missing, as it is on pages served over plain HTTP.
 */
export async function verifyIntegrity(
  bytes: Uint8Array<ArrayBuffer>,
  integrity: string,
  where: string,
): Promise<void> {
  const expected = parseIntegrity(integrity, where);
  // Lib types promise it always; insecure contexts do not have it.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new PredcacheError({
      code: 'RUNTIME_UNAVAILABLE',
      what: 'The model file cannot be checked against its integrity, because WebCrypto is missing here',
      where,
      hint: 'Serve the page over HTTPS or from localhost',
    });
  }
  const actual = toBase64(new Uint8Array(await subtle.digest('SHA-256', bytes)));
  if (actual === expected) return;
  throw new PredcacheError({
    code: 'MODEL_INTEGRITY_MISMATCH',
    what: `The model file is not the one expected: its digest is sha256-${actual}, not ${integrity}`,
    where,
    hint: 'Deploy the file and its integrity together, and check that no proxy or cache serves an older file',
    details: { expected: integrity, actual: `sha256-${actual}`, bytes: bytes.byteLength },
  });
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
