import { readFile } from 'node:fs/promises';
import { describeError } from '@predcache/core';
import { UsageError } from './usageError.js';

/**
 * The API keys of a file, one a line, and of the environment. Empty lines and lines that begin with `#` say nothing.
 *
 * @returns `undefined` when neither is given: everybody may ask
 * @throws {UsageError} when one is given and holds no key: a mistake must not open the gateway to everybody
 */
export async function readApiKeys(
  file: string | undefined,
  { PREDCACHE_API_KEYS: listed }: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[] | undefined> {
  if (file === undefined && listed === undefined) return undefined;
  const keys = [...(file === undefined ? [] : await readKeyFile(file)), ...split(listed ?? '', ',')];
  if (keys.length > 0) return keys;
  throw new UsageError('There is no API key in --api-keys or PREDCACHE_API_KEYS');
}

async function readKeyFile(file: string): Promise<readonly string[]> {
  try {
    return split(await readFile(file, 'utf8'), '\n').filter((line) => !line.startsWith('#'));
  } catch (cause) {
    throw new UsageError(`The file of --api-keys cannot be read: ${describeError(cause)}`, { cause });
  }
}

function split(text: string, separator: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
