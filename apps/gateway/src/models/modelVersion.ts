import { readFile } from 'node:fs/promises';
import { PredcacheError } from '@predcache/core';

/** The version that the JSON file beside a model says, else `1`. */
export async function readVersion(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return '1';
  }
  const version = readVersionMember(text);
  if (version === undefined || isVersion(version)) return version ?? '1';
  throw new PredcacheError({
    code: 'MODEL_INVALID',
    what: `Its version ${JSON.stringify(version.slice(0, 80))} cannot stand in a path`,
    where: file,
    hint: 'Use letters, digits, points, hyphens and underscores',
  });
}

/** Whether it can stand in a path. */
export function isVersion(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text) && !/^\.+$/.test(text);
}

/** `10` comes after `9`, and `1.10` after `1.9`. */
export function compareVersions(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

const collator = /* @__PURE__ */ new Intl.Collator('en', { numeric: true });

/** JSON beside a model may be anyone's: what has no version in it is none of ours. */
function readVersionMember(text: string): string | undefined {
  try {
    const version = (JSON.parse(text) as { version?: unknown } | null)?.version;
    return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;
  } catch {
    return undefined;
  }
}
