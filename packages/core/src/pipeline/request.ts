import type { Entry } from '../entry.js';
import { ageOf, lifetimeOf, shorterOf } from '../freshness.js';
import type { Payload } from '../payload.js';
import type { Edition } from './edition.js';
import type { Rules } from './rules.js';
import type { Marks } from './tierStack.js';

/** What a miss in memory asks for. */
export interface Request<Input> {
  readonly edition: Edition<Input>;
  readonly key: string;
  readonly input: Input;
  readonly payload: () => Payload;
  /** Whether an engine may take the payload's buffers away: each `payload` is another one then. */
  readonly mayTransfer: boolean;
  readonly rules: Rules;
  /** What the tiers knew of deletions when it was asked. */
  readonly marks: Marks;
  /** Something was invalidated while its key was being made. */
  readonly isOutdated: boolean;
  /** The key of the input for the model before, while that one's entries may answer. */
  readonly keyBefore?: string | Promise<string> | undefined;
  /** Comes in place of a stale answer: what the app's system of record says goes first, as it did for that. */
  readonly isRefresh?: boolean | undefined;
  /** When its caller gives up, by the clock that never goes back. */
  readonly deadline?: number | undefined;
  /** What is stored for it and not to be answered with as it is; whoever computed it may say that it is still right. */
  readonly revalidates?: Entry | undefined;
}

/** What may be done with a stored entry: answered with; answered with while it is computed anew; kept for a failure. */
export type Use = 'fresh' | 'stale' | 'unfit';

export function useOf(entry: Entry, { cache, ttl, staleWhileRevalidate }: Rules): Use {
  const lifetime = lifetimeOf(entry, ttl);
  if (lifetime === Number.POSITIVE_INFINITY) return 'fresh';
  const age = ageOf(entry);
  if (age < lifetime || cache === 'force-cache' || cache === 'only-if-cached') return 'fresh';
  const longer = shorterOf(staleWhileRevalidate, entry.freshness?.staleWhileRevalidate);
  return age < lifetime + longer ? 'stale' : 'unfit';
}

/** Whether stored entries may answer. */
export function readsStored({ cache }: Rules): boolean {
  return cache === 'default' || cache === 'force-cache' || cache === 'only-if-cached';
}

export function mayAnswerFailure(entry: Entry, { cache, ttl, staleIfError }: Rules): boolean {
  const longer = shorterOf(staleIfError, entry.freshness?.staleIfError);
  return cache === 'default' && ageOf(entry) < lifetimeOf(entry, ttl) + longer;
}

/** Whether an entry carries all the tags that a request asks for. */
export function hasTags(entry: Entry, tags: Iterable<string>): boolean {
  for (const tag of tags) if (!entry.tags.includes(tag)) return false;
  return true;
}

/** The same, for an entry to come in place of one: with its tags, or that one renewed. */
export function inPlaceOf<Input>(request: Request<Input>, entry: Entry): Request<Input> {
  const tags = [...request.rules.tags, ...entry.tags];
  return { ...request, rules: { ...request.rules, tags }, revalidates: entry };
}
