import { indexedDB } from '@predcache/indexeddb';
import { entriesFrom, keysFrom, modelDigest } from '../../storage/page/entries.js';

const batch = 100;
const rowsAtOnce = 5_000;

let tier: ReturnType<typeof indexedDB> | undefined;
let next = 100_000_000;

/** A database of so many entries, every one with a tag that a hundred share. One origin for each size. */
export async function openTagged(rows: number): Promise<void> {
  tier = indexedDB({ name: 'bench-tagged', maxSize: 1e9, timeout: 30_000, hotSet: 0 });
  await tier.ready();
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    const entries = entriesFrom(from, count).map((entry, index) => ({
      ...entry,
      tags: [`group-${Math.floor((from + index) / batch)}`],
    }));
    const stored = await tier.setMany(entries);
    if (stored !== count) throw new Error(`Stored ${stored} of ${count}`);
  }
}

/** ms to remove a hundred entries by their tag. They are written anew for it, so that the others stay as many. */
export async function measureInvalidation(): Promise<number> {
  const tag = `round-${next}`;
  const entries = entriesFrom(next, batch).map((entry) => ({ ...entry, tags: [tag] }));
  await tier!.setMany(entries);
  const started = performance.now();
  const removed = await tier!.delete({ model: modelDigest, tags: [tag] });
  const time = performance.now() - started;
  const left = await tier!.getMany(keysFrom(next, batch));
  if (removed !== batch || left.some((entry) => entry !== undefined))
    throw new Error(`Removed ${removed} of ${batch}`);
  next += batch;
  return time;
}
