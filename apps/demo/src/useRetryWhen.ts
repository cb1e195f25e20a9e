import { createContext, useEffect, useRef } from 'react';

/** Counts the occasions on which what failed is worth asking for again. */
export const RetryContext = createContext(0);

/** Calls `retry` when the signal changes; not at first, when nothing can have failed yet. */
export function useRetryWhen(retry: () => void, signal: number): void {
  const last = useRef(signal);
  useEffect(() => {
    if (last.current === signal) return;
    last.current = signal;
    retry();
  }, [retry, signal]);
}
