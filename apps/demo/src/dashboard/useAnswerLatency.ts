import type { Prediction } from '@predcache/core';
import { useEffect, useRef } from 'react';
import type { Answer } from './answers.js';

/**
 * What an answer took, in ms. Predictions do not carry it, events do; a later flood of them does not make it forgotten.
 */
export function useAnswerLatency(
  prediction: Prediction<unknown> | undefined,
  answers: readonly Answer[],
): number | undefined {
  const known = useRef<{ readonly prediction: Prediction<unknown>; readonly latency: number }>(undefined);
  const found = answers.findLast(
    ({ key, source }) => key === prediction?.key && source === prediction.source,
  )?.latency;
  const latency = found ?? (known.current?.prediction === prediction ? known.current?.latency : undefined);
  useEffect(() => {
    if (prediction !== undefined && latency !== undefined) known.current = { prediction, latency };
  }, [prediction, latency]);
  return latency;
}
