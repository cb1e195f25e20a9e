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

  /** Whether something else is just being stored in place of what there was: what is computed meanwhile must not follow it. */
  isReplacing(key: string): boolean {
    for (const { replacedBy } of this.#underWay) if (replacedBy?.key === key) return true;
    return false;
  }

  /** Whether an entry is just being deleted. */
  covers(entry: Entry): boolean {
    for (const { selector, replacedBy } of this.#underWay) {
      const isReplacement =
        entry.key === replacedBy?.key &&
        entry.computedBy === replacedBy.computedBy &&
        entry.createdAt >= replacedBy.createdAt;
      if (!isReplacement && isCovered(selector, entry)) return true;
    }
    return false;
  }
}

/**
 * Whether an invalidation makes what is being computed out of date. Where its entry would have to be known, it does. Tags
 * are noted: who is yet to ask, or what is yet to be found, may have them.
 */
export function outdates(selector: Selector, { key, model, tags, invalidatedTags }: FlightSubject): boolean {
  if ('keys' in selector) return selector.keys.includes(key);
  if ('model' in selector && selector.model !== model) return false;
  if (!('tags' in selector)) return true;
  for (const tag of selector.tags) invalidatedTags.add(tag);
  return selector.tags.some((tag) => tags.has(tag));
}

function isCovered(selector: Selector, entry: Entry): boolean {
  try {
    return selects(selector, entry);
  } catch {
    // The app's own `where` failed: better computed anew than wrong.
    return true;
  }
}
