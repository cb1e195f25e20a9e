import { PredcacheError, type Predictor, type PredictorEvent } from '@predcache/core';
import { useMemo, useSyncExternalStore } from 'react';
import { createFrameStore } from './frameStore.js';
import { type RecordedEvent, RecordedEvents } from './recordedEvents.js';

export interface UsePredictorEventsOptions {
  /**
   * How many events to keep: a whole number from 0 up.
   *
   * @default 50
   */
  readonly limit?: number | undefined;
  /**
   * Which events to keep.
   *
   * @default all
   */
  readonly types?: readonly PredictorEvent['type'][] | undefined;
}

/**
 * The last events of a predictor since the component was mounted, the oldest first. At most one render for each
 * animation frame; the array keeps its identity until there is something new.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when `limit` is not a whole number from 0 up.
 *
 * @example
 * const answers = usePredictorEvents(languageId, { limit: 20, types: ['hit', 'computed', 'collapsed'] });
 */
export function usePredictorEvents(
  predictor: Predictor<never, unknown>,
  { limit = 50, types }: UsePredictorEventsOptions = {},
): readonly RecordedEvent[] {
  checkLimit(limit);
  // Joined, so that an array written in the call does not make a new store at each render.
  const accepted = types?.join(' ');
  const store = useMemo(() => {
    const kept = accepted === undefined ? undefined : new Set(accepted.split(' '));
    const events = new RecordedEvents(limit);
    return createFrameStore({
      subscribe: (listener: (event: PredictorEvent) => void) => predictor.subscribe(listener),
      hear: (event) => {
        if (kept?.has(event.type) === false) return false;
        events.add(event);
        return true;
      },
      read: () => events.latest(),
    });
  }, [predictor, limit, accepted]);
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}

function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 0) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `limit is ${limit}`,
    where: 'usePredictorEvents({ limit })',
    hint: 'Pass a whole number from 0 up',
  });
}
