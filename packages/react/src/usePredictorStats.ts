import type { Predictor, PredictorStats } from '@predcache/core';
import { useMemo, useSyncExternalStore } from 'react';
import { createFrameStore } from './frameStore.js';

/**
 * The predictor's counts, kept up to date: at most one render for each animation frame, however many predictions are
 * made, and none while nothing happens or the page is hidden.
 *
 * @example
 * const { hitRatio, requests } = usePredictorStats(languageId);
 * return <p>{Math.round(hitRatio * 100)} % of {requests}</p>;
 */
export function usePredictorStats(predictor: Predictor<never, unknown>): PredictorStats {
  const store = useMemo(
    () =>
      createFrameStore({
        subscribe: (listener) => predictor.subscribe(listener),
        hear: () => true,
        read: () => predictor.stats(),
      }),
    [predictor],
  );
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}
