import { type Entry, type Selector, selects } from '@predcache/core';

/** Orders that are remembered one by one; older ones are remembered as if they had meant everything. */
const most = 256;

interface Deletion {
  readonly selector: Selector;
  /** ms since the epoch, as entries have it. */
  readonly at: number;
}

/**
 * What this client was told to delete. The server keeps it, since browsers never write there; without this, the next
 * look-up would bring it back.
 */
export class Deletions {
  readonly #deletions: Deletion[] = [];
  /** What was computed before then is not used at all. */
  #allBefore = Number.NEGATIVE_INFINITY;

  add(selector: Selector): void {
    const at = Date.now();
    if ('all' in selector) {
      this.#allBefore = at;
      this.#deletions.length = 0;
      return;
    }
    this.#deletions.push({ selector, at });
    if (this.#deletions.length > most) this.#allBefore = this.#deletions.shift()!.at;
  }

  /** Whether an entry was computed before an order that concerns it. One that a `where` fails on is concerned. */
  cover(entry: Entry): boolean {
    if (entry.createdAt <= this.#allBefore) return true;
    return this.#deletions.some(({ selector, at }) => entry.createdAt <= at && isMeant(selector, entry));
  }
}

function isMeant(selector: Selector, entry: Entry): boolean {
  try {
    return selects(selector, entry);
  } catch {
    return true;
  }
}
