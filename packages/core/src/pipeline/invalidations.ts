import type { Entry } from '../entry.js';
import { type Selector, selects } from '../tiers/selector.js';
import type { FlightSubject } from './inFlight.js';

/** What was invalidated: counts how often, and remembers what is just being deleted. */
export class Invalidations {
  /** While tiers delete, slower ones may still give what is about to go. */
  readonly #underWay = new Set<{ readonly selector: Selector; readonly replacedBy: Entry | undefined }>();
  #count = 0;

  /** Grows with every invalidation. */
  get count(): number {
    return this.#count;
  }

  heard(): void {
    this.#count++;
  }

  /**
   * Call what it gives once the tiers have deleted.
   *
   * @param replacedBy what is stored in place of what is deleted
   */
  begin(selector: Selector, replacedBy: Entry | undefined): () => void {
    this.heard();
    const deletion = { selector, replacedBy };
    this.#underWay.add(deletion);
    return () => this.#underWay.delete(deletion);
  }

  /** Whether an entry is just being deleted. */
  covers(entry: Entry): boolean {
    for (const { selector, replacedBy } of this.#underWay) {
      const isReplacement = entry.key === replacedBy?.key && entry.createdAt >= replacedBy.createdAt;
      if (!isReplacement && isCovered(selector, entry)) return true;
    }
    return false;
  }
}

/** Whether an invalidation may concern what is being computed. Where its entry would have to be known, it does. */
export function mayConcern(selector: Selector, { key, tags }: FlightSubject): boolean {
  if ('keys' in selector) return selector.keys.includes(key);
  return 'tags' in selector ? selector.tags.some((tag) => tags.has(tag)) : true;
}

function isCovered(selector: Selector, entry: Entry): boolean {
  try {
    return selects(selector, entry);
  } catch {
    // The app's own `where` failed: better computed anew than wrong.
    return true;
  }
}
