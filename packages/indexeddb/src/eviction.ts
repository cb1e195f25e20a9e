import type { Directory, RowFacts } from './directory.js';
import { keyOf } from './directory.js';
import type { RowKey } from './rowKey.js';

/** What the tier may hold: bytes by `Entry.size`, and rows. */
export interface Bounds {
  readonly maxSize: number;
  /** `Infinity` when not bounded. */
  readonly maxEntries: number;
}

export interface Evicted {
  readonly key: string;
  readonly model: string;
  readonly size: number;
  readonly reason: 'size' | 'entries';
}

/** How full the tier will be once what is being written is there. */
export interface Fullness {
  readonly entries: number;
  readonly bytes: number;
}

/** Making room goes on down to this part of a bound, so that not every write has to make room. */
const lowWaterMark = 0.9;
/** Rows that one transaction evicts beyond what it must: look-ups wait for it, 0.1-0.2 ms a row. */
const mostSurplus = 128;

/**
 * Who has to go, the one that was not used the longest first: while a bound is exceeded, then on to the low-water mark.
 *
 * @param isStaying what is being written: it never goes
 */
export function victimsOf(
  directory: Directory,
  full: Fullness,
  { maxSize, maxEntries }: Bounds,
  isStaying: (key: RowKey) => boolean,
): (Evicted & { readonly rowKey: RowKey })[] {
  let { entries, bytes } = full;
  const victims: (Evicted & { readonly rowKey: RowKey })[] = [];
  const exceeded = (): Evicted['reason'] | undefined =>
    bytes > maxSize ? 'size' : entries > maxEntries ? 'entries' : undefined;
  let reason = exceeded();
  if (reason === undefined) return victims;
  const entriesMark = Math.ceil(maxEntries * lowWaterMark);
  const isAboveMark = () => bytes > maxSize * lowWaterMark || entries > entriesMark;
  let surplus = 0;
  for (const [rowKey, facts] of directory.oldestFirst()) {
    const now = exceeded();
    reason = now ?? reason;
    if (now === undefined && (!isAboveMark() || ++surplus > mostSurplus)) break;
    if (isStaying(rowKey)) continue;
    entries--;
    bytes -= facts.size;
    victims.push({ ...evictedOf(rowKey, facts), reason, rowKey });
  }
  return victims;
}

function evictedOf(rowKey: RowKey, { model, size }: RowFacts): Omit<Evicted, 'reason'> {
  return { key: keyOf(rowKey), model, size };
}
