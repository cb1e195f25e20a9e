import { type RecordedEvent, usePredictorEvents } from '@predcache/react';
import { useMemo } from 'react';
import type { LanguagePredictor, Predictors } from '../languageId/predictors.js';
import { type Notice, noticesOf } from './notices.js';

/** What to tell the reader now. */
export function useNotices({ small, large }: Predictors, isOnline: boolean): readonly Notice[] {
  const smallEvents = useNoticeEvents(small);
  const largeEvents = useNoticeEvents(large);
  return useMemo(() => {
    const events = [...smallEvents, ...largeEvents].sort((a, b) => a.id - b.id);
    return noticesOf({ isOnline, events });
  }, [isOnline, smallEvents, largeEvents]);
}

/** Kept apart, so that many events of one kind do not push out the one of another kind that still counts. */
function useNoticeEvents(predictor: LanguagePredictor): readonly RecordedEvent[] {
  const engines = usePredictorEvents(predictor, { limit: 50, types: ['engine-error', 'computed'] });
  const troubles = usePredictorEvents(predictor, { limit: 1, types: ['tier-error'] });
  const stored = usePredictorEvents(predictor, { limit: 10, types: ['stored'] });
  return useMemo(() => [...engines, ...troubles, ...stored], [engines, troubles, stored]);
}
