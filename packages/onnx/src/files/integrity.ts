import { PredcacheError } from '@predcache/core';

const form = /^sha256-[A-Za-z0-9+/]{43}=$/;

/**
 * Checks the form of an `integrity` string.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` unless it has the form `sha256-` + 44 characters of base64.
 */
export function parseIntegrity(integrity: string, where: string): void {
  if (form.test(integrity)) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The integrity ${JSON.stringify(String(integrity).slice(0, 100))} is malformed`,
    where,
    hint: 'Give "sha256-" and the base64 of the file\'s SHA-256: openssl dgst -sha256 -binary FILE | base64',
  });
}
