import type { Entry } from '../entry.js';
import { type Selector, selects } from '../tiers/selector.js';
import type { MaybePromise } from '../tiers/tier.js';
import type { FlightSubject } from './inFlight.js';

interface Deletion {
  readonly selector: Selector;
  readonly replacedBy?: Entry | undefined;
}

/** What was invalidated: counts how often, and remembers what is just being deleted. */
export class Invalidations {
  /** While tiers delete, slower ones may still give what is about to go. */
  readonly #underWay = new Set<Deletion>();
  /** For each look-up and `put` under way, what was being deleted at any moment of it. */
  readonly #watching = new Set<Deletion[]>();
  #count = 0;

  /** Grows with every invalidation. */
  get count(): number {
    return this.#count;
  }

  /** Somebody deletes something, or another model comes (nothing is deleted then). */
  heard(deletion?: Deletion): void {
    this.#count++;
    if (deletion !== undefined) for (const during of this.#watching) during.push(deletion);
  }

  /**
   * Call what it gives once the tiers have deleted.
   *
   * @param replacedBy what is stored in place of what is deleted
   */
  begin(selector: Selector, replacedBy: Entry | undefined): () => void {
    const deletion = { selector, replacedBy };
    this.heard(deletion);
    this.#underWay.add(deletion);
    return () => this.#underWay.delete(deletion);
  }

  /** Whether something else is just being stored in place of what there was: what is computed meanwhile must not follow it. */
  isReplacing(key: string): boolean {
    for (const { replacedBy } of this.#underWay) if (replacedBy?.key === key) return true;
    return false;
  }

  /**
   * What a look-up gives, unless that was being deleted meanwhile: a tier may have read it before, and told after.
   *
   * @param lookUp never throws nor rejects
   */
  unlessDeleted<Result extends { readonly entry: Entry }>(
    lookUp: () => MaybePromise<Result | undefined>,
  ): MaybePromise<Result | undefined> {
    const during = [...this.#underWay];
    const unlessCovered = (found: Result | undefined) =>
      found === undefined || during.some((each) => isCovered(each, found.entry)) ? undefined : found;
    const looked = lookUp();
    if (!(looked instanceof Promise)) return unlessCovered(looked);
    this.#watching.add(during);
    return looked.then(unlessCovered).finally(() => this.#watching.delete(during));
  }

  /** Whether an entry is deleted from now on, and nothing else stored in its place. Call `end` after. */
  watch(): { readonly isRevoked: (entry: Entry) => boolean; readonly end: () => void } {
    const during: Deletion[] = [];
    this.#watching.add(during);
    return {
      isRevoked: (entry) => during.some((each) => each.replacedBy === undefined && isCovered(each, entry)),
      end: () => this.#watching.delete(during),
    };
  }
}

/**
 * Whether an invalidation makes what is being computed out of date. Where its entry would have to be known, it does. Tags
 * are noted: who is yet to ask, or what is yet to be found, may have them.
 */
export function outdates(selector: Selector, subject: FlightSubject): boolean {
  const { key, model, tags } = subject;
  if ('keys' in selector) return selector.keys.includes(key);
  if ('model' in selector && selector.model !== model) return false;
  if (!('tags' in selector)) return true;
  subject.invalidatedTags ??= new Set();
  for (const tag of selector.tags) subject.invalidatedTags.add(tag);
  return selector.tags.some((tag) => tags.has(tag));
}

function isCovered({ selector, replacedBy }: Deletion, entry: Entry): boolean {
  const isReplacement =
    entry.key === replacedBy?.key &&
    entry.computedBy === replacedBy.computedBy &&
    entry.createdAt >= replacedBy.createdAt;
  if (isReplacement) return false;
  try {
    return selects(selector, entry);
  } catch {
    // The app's own `where` failed: better computed anew than wrong.
    return true;
  }
}
