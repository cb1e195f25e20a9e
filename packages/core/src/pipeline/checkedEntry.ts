import { copyPayload } from '../copyPayload.js';
import type { Entry } from '../entry.js';
import { isFreshness } from '../entryFormat/freshnessFields.js';

/**
 * A copy of what a slower tier or another tab gave.
 *
 * @throws {TypeError} on an entry that is another one or damaged: it is a miss, and must not reach the faster tiers.
 */
export function checkedEntry(entry: Entry, key: string, modelId: string): Entry {
  if (entry.key !== key || entry.model !== modelId)
    throw new TypeError(`It gave an entry of another key or model for ${key}`);
  for (const field of ['size', 'cost', 'createdAt'] as const) {
    if (!(Number.isFinite(entry[field]) && entry[field] >= 0))
      throw new TypeError(`Its entry has a ${field} of ${entry[field]}`);
  }
  if (typeof entry.backend !== 'string') throw new TypeError('Its entry has no backend');
  if (!isFreshness(entry.freshness)) throw new TypeError('Its entry has a freshness that makes no sense');
  return { ...entry, outputs: copyPayload(entry.outputs) };
}
