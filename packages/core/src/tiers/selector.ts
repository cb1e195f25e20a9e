import type { Entry } from '../entry.js';

/** What is known of an entry beside its outputs. */
export type EntryFacts = Omit<Entry, 'outputs'>;

/** Which entries to delete. */
export type Selector =
  | { readonly keys: readonly string[] }
  /** An entry's `model`: every entry of that model. */
  | { readonly model: string }
  /** Those of a model that carry at least one of the tags. */
  | { readonly model: string; readonly tags: readonly string[] }
  /** Those of a model that were computed before then, in ms since the epoch. */
  | { readonly model: string; readonly createdBefore: number }
  /** Those of a model that a function says yes to. It must be quick, and must not call the tier. */
  | { readonly model: string; readonly where: (facts: EntryFacts) => boolean }
  | { readonly all: true };

/** Whether a selector covers an entry. Throws what a `where` throws. */
export function selects(selector: Selector, facts: EntryFacts): boolean {
  if ('all' in selector) return true;
  if ('keys' in selector) return selector.keys.includes(facts.key);
  if (facts.model !== selector.model) return false;
  if ('tags' in selector) return selector.tags.some((tag) => facts.tags.includes(tag));
  if ('createdBefore' in selector) return facts.createdAt < selector.createdBefore;
  return 'where' in selector ? selector.where(facts) : true;
}
