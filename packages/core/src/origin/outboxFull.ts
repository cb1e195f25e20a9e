import { PredcacheError } from '../errors/predcacheError.js';
import type { OutboxUsage } from './outboxStore.js';

/** The error for more than there is room for; `undefined` while there is. */
export function outboxFull(
  { entries, bytes, maxEntries, maxSize }: OutboxUsage,
  added: { readonly entries: number; readonly bytes: number },
): PredcacheError | undefined {
  if (entries + added.entries <= maxEntries && bytes + added.bytes <= maxSize) return undefined;
  return new PredcacheError({
    code: 'OUTBOX_FULL',
    what: `There is no room for ${added.entries} writes of ${added.bytes} bytes: ${entries} of ${bytes} bytes wait for the origin`,
    where: 'outbox',
    hint: 'Flush it when the origin can be reached, or raise maxEntries or maxSize',
    details: { entries, bytes, maxEntries, maxSize, added: added.entries, addedBytes: added.bytes },
  });
}
