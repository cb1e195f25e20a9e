import type { Source } from '@predcache/core';
import type { RecordedEvent } from '@predcache/react';

/** A request that was answered. */
export interface Answer {
  readonly id: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly key: string;
  readonly source: Source;
  /** ms */
  readonly latency: number;
  /** Answered by a tier. */
  readonly isHit: boolean;
  /** Answered by what another identical request had begun. */
  readonly isShared: boolean;
}

/** The answers among the events of several predictors, the oldest first. */
export function answersAmong(lists: readonly (readonly RecordedEvent[])[]): readonly Answer[] {
  return lists
    .flat()
    .flatMap(({ id, at, event }) => {
      if (event.type !== 'hit' && event.type !== 'computed' && event.type !== 'collapsed') return [];
      const { key, source, latency } = event;
      const isHit = source !== 'on_device' && source !== 'in_cloud';
      return [{ id, at, key, source, latency, isHit, isShared: event.type === 'collapsed' }];
    })
    .sort((a, b) => a.id - b.id);
}

/**
 * The hit ratio after each of the last answers, from the totals now: walked backwards, because answers before the
 * first one still listed count, too.
 */
export function hitRatioAfterEach(
  answers: readonly Answer[],
  totals: { readonly hits: number; readonly misses: number },
): readonly number[] {
  let { hits } = totals;
  let total = totals.hits + totals.misses;
  const ratios: number[] = [];
  for (const { isHit } of answers.toReversed()) {
    ratios.push(total <= 0 ? 0 : Math.max(0, hits) / total);
    total--;
    if (isHit) hits--;
  }
  return ratios.reverse();
}
