import { usePredictorEvents } from '@predcache/react';
import { useMemo } from 'react';
import type { Predictors } from '../languageId/predictors.js';
import { type Notice, noticesOf, noticeTypes } from './notices.js';
import { useOnline } from './useOnline.js';

/** What to tell the reader now. */
export function useNotices({ small, large }: Predictors): readonly Notice[] {
  const isOnline = useOnline();
  const smallEvents = usePredictorEvents(small, { types: noticeTypes });
  const largeEvents = usePredictorEvents(large, { types: noticeTypes });
  return useMemo(() => {
    const events = [...smallEvents, ...largeEvents].sort((a, b) => a.id - b.id);
    return noticesOf({ isOnline, events });
  }, [isOnline, smallEvents, largeEvents]);
}
