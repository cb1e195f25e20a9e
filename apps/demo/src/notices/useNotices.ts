import { type RecordedEvent, usePredictorEvents } from '@predcache/react';
import { useMemo } from 'react';
import type { LanguagePredictor, ModelSize, Predictors } from '../languageId/predictors.js';
import { type EngineChoice, type Notice, noticesOf } from './notices.js';

export interface NoticeOptions {
  /** The model that is chosen: what became of another one says nothing about it. */
  readonly size: ModelSize;
  readonly engine: EngineChoice;
  readonly isOnline: boolean;
}

/** What to tell the reader now. */
export function useNotices(
  { small, large }: Predictors,
  { size, engine, isOnline }: NoticeOptions,
): readonly Notice[] {
  // Both are listened to all the time: a model that is chosen again has its past.
  const engines = { small: useEngineEvents(small), large: useEngineEvents(large) }[size];
  const smallDisk = useDiskEvents(small);
  const largeDisk = useDiskEvents(large);
  return useMemo(() => {
    const events = [...engines, ...smallDisk, ...largeDisk].sort((a, b) => a.id - b.id);
    return noticesOf({ isOnline, engine, events });
  }, [isOnline, engine, engines, smallDisk, largeDisk]);
}

function useEngineEvents(predictor: LanguagePredictor): readonly RecordedEvent[] {
  return usePredictorEvents(predictor, { limit: 50, types: ['engine-error', 'computed'] });
}

/** Kept apart, so that many events of one kind do not push out the one of another kind that still counts. */
function useDiskEvents(predictor: LanguagePredictor): readonly RecordedEvent[] {
  const troubles = usePredictorEvents(predictor, { limit: 1, types: ['tier-error'] });
  const stored = usePredictorEvents(predictor, { limit: 10, types: ['stored'] });
  return useMemo(() => [...troubles, ...stored], [troubles, stored]);
}
