import {
  type InferenceMode,
  type PredcacheError,
  type Prediction,
  type Predictor,
  toPredcacheError,
} from '@predcache/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PredictionResult } from './predictionResult.js';
import { isSameInput } from './sameInput.js';

export interface UsePredictionOptions {
  /**
   * Which engine computes what no tier knows. A change asks again only where there is no answer yet.
   *
   * @default the predictor's own mode
   */
  readonly inferenceMode?: InferenceMode | undefined;
  /**
   * False asks for nothing and gives `idle`.
   *
   * @default true
   */
  readonly enabled?: boolean | undefined;
  /**
   * Shows the last answer while the next one is on its way, with `isPrevious` true, so that nothing flickers.
   *
   * @default false
   */
  readonly keepPrevious?: boolean | undefined;
}

/** How a request ended, and which one it was: an answer counts only while the request is still the current one. */
interface Settled<Input, Output> {
  readonly predictor: Predictor<Input, Output>;
  readonly input: Input;
  readonly inferenceMode: InferenceMode | undefined;
  readonly prediction?: Prediction<Output>;
  readonly error?: PredcacheError;
}

/**
 * Predicts the input, and again whenever predictor or input change. An answer in memory is there in the first
 * render; else the hook asks, and stops asking (by an `AbortSignal`) when the input changes or the component goes. The
 * answer to an older input is never shown as that of a newer one.
 *
 * Plain objects, arrays and typed arrays are compared by their content at each render, so they may be written in the
 * call itself; keep the identity of a large one (`useMemo`) to save that comparison. Everything else is compared with
 * `Object.is`. An object changed in place is not noticed: pass a new one.
 *
 * In development, `StrictMode` renders twice, and so counts a hit twice; production does not.
 *
 * Never throws: what goes wrong is `error`, with `status` being `error`.
 *
 * @param given The input; `undefined` where there is nothing to predict yet
 *
 * @example
 * const { status, output, error } = usePrediction(languageId, text === '' ? undefined : text);
 * if (status === 'success') return <p>{output[0].name}</p>;
 */
export function usePrediction<Input, Output>(
  predictor: Predictor<Input, Output>,
  given: Input | undefined,
  { inferenceMode, enabled = true, keepPrevious = false }: UsePredictionOptions = {},
): PredictionResult<Output> {
  // An input with the content of the last one keeps its identity: else each answer, by rendering, would ask for the next.
  const kept = useRef(given);
  const input = isSameInput(kept.current, given) ? kept.current : given;
  useEffect(() => {
    kept.current = input;
  });
  const isActive = enabled && input !== undefined;
  // Read while rendering, once for each input: reading it in an effect would first paint a frame without the answer.
  const known = useMemo(() => (isActive ? predictor.peek(input) : undefined), [predictor, input, isActive]);
  const [latest, setLatest] = useState<Settled<Input, Output>>();
  const isCurrent =
    latest !== undefined &&
    latest.predictor === predictor &&
    Object.is(latest.input, input) &&
    (latest.prediction !== undefined || latest.inferenceMode === inferenceMode);
  const settled = isActive && known === undefined && isCurrent ? latest : undefined;
  const isAsking = isActive && known === undefined && settled === undefined;

  useEffect(() => {
    if (!isAsking) return;
    const controller = new AbortController();
    const { signal } = controller;
    const settle = (end: Pick<Settled<Input, Output>, 'prediction' | 'error'>) => {
      if (!signal.aborted) setLatest({ predictor, input, inferenceMode, ...end });
    };
    predictor.predict(input, { signal, inferenceMode }).then(
      (prediction) => settle({ prediction }),
      (error: unknown) => settle({ error: asPredcacheError(error, predictor) }),
    );
    return () => controller.abort();
  }, [predictor, input, inferenceMode, isAsking]);

  // An error is forgotten with its request: whoever comes back to that input asks again.
  const hasMovedOn = latest?.error !== undefined && settled === undefined;
  useEffect(() => {
    if (hasMovedOn) setLatest((current) => (current?.error === undefined ? current : undefined));
  }, [hasMovedOn]);

  const prediction = known ?? settled?.prediction;
  const previous = useRef<Prediction<Output> | undefined>(undefined);
  useEffect(() => {
    if (!isActive) previous.current = undefined;
    else if (prediction !== undefined) previous.current = prediction;
  }, [isActive, prediction]);

  // A settled error is what keeps the hook from asking: without it, it asks.
  const retry = useCallback(
    () => setLatest((current) => (current?.error === undefined ? current : undefined)),
    [],
  );

  if (!isActive) return { ...nothing, retry, status: 'idle' };
  if (prediction !== undefined) {
    return { ...nothing, retry, status: 'success', prediction, output: prediction.output };
  }
  if (settled?.error !== undefined) return { ...nothing, retry, status: 'error', error: settled.error };
  const shown = keepPrevious ? previous.current : undefined;
  return {
    ...nothing,
    retry,
    status: 'pending',
    prediction: shown,
    output: shown?.output,
    isPending: true,
    isPrevious: shown !== undefined,
  };
}

const nothing = {
  prediction: undefined,
  output: undefined,
  error: undefined,
  isPending: false,
  isPrevious: false,
} as const;

function asPredcacheError(error: unknown, { model }: Predictor<never, unknown>): PredcacheError {
  return toPredcacheError(error, {
    code: 'ENGINE_FAILED',
    where: `predictor "${model.name}"`,
    hint: 'See the cause',
  });
}
