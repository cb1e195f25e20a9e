import type { PredictionResult } from '@predcache/react';
import { useCallback, useEffect, useReducer, useRef } from 'react';

export interface RetrySignal {
  /** Changes whenever what failed is worth asking for again. */
  readonly signal: number;
  /** Asks for all of it again now. */
  readonly retryAll: () => void;
}

/** The network came back, the whole text is answered after an error, or the reader says so. */
export function useRetrySignal({ status }: PredictionResult<unknown>, isOnline: boolean): RetrySignal {
  const [signal, raise] = useReducer((count: number) => count + 1, 0);
  const wasOnline = useRef(isOnline);
  const hasFailed = useRef(false);

  useEffect(() => {
    if (isOnline && !wasOnline.current) raise();
    wasOnline.current = isOnline;
  }, [isOnline]);

  // Between an error and a success the whole text is pending: the error has to be remembered until then.
  useEffect(() => {
    if (status === 'success' && hasFailed.current) raise();
    if (status === 'error' || status === 'success') hasFailed.current = status === 'error';
  }, [status]);

  return { signal, retryAll: useCallback(() => raise(), []) };
}
