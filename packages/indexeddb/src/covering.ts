import { type EntryFacts, type Selector, selects } from '@predcache/core';

/**
 * Whether a deletion covers an entry. Where a `where` throws, it does: a cache may forget what is right, and must not keep
 * what may be wrong.
 */
export function isCovered(selector: Selector, facts: EntryFacts): boolean {
  try {
    return selects(selector, facts);
  } catch {
    return true;
  }
}

/** A copy: the caller may change it meanwhile, or pass the same one again before the deletion has settled. */
export function copyOf(selector: Selector): Selector {
  if ('keys' in selector) return { keys: [...selector.keys] };
  return 'tags' in selector ? { ...selector, tags: [...selector.tags] } : { ...selector };
}
