import type { EngineSource } from '../../engines/engine.js';
import { PredcacheError } from '../../errors/predcacheError.js';
import type { Model } from '../../model.js';
import type { InferenceMode } from '../../predictor.js';
import { enginesOfMode } from './inferenceModes.js';

/** One failure of an engine. */
export interface Failure {
  readonly source: EngineSource;
  readonly error: PredcacheError;
}

export function allFailed(failures: readonly Failure[], model: Model): PredcacheError {
  const errors = failures.map(({ error }) => error);
  return new PredcacheError({
    code: 'ENGINES_FAILED',
    what: `Every engine failed: ${errors.map(({ message }) => message).join(' ')}`.replace(/\.$/, ''),
    where: whereOf(model),
    hint: 'See cause.errors for each of them',
    details: { codes: errors.map(({ code }) => code), sources: failures.map(({ source }) => source) },
    cause: new AggregateError(errors),
  });
}

export function engineMissing(mode: InferenceMode, model: Model): PredcacheError {
  return new PredcacheError({
    code: 'ENGINE_MISSING',
    what: `No engine can answer: ${mode} allows ${enginesOfMode[mode].join(' and ')}`,
    where: whereOf(model),
    hint: 'Give createPredictor an onDevice or inCloud engine, or choose another inferenceMode',
  });
}

export function signatureUnknown(model: Model): PredcacheError {
  return new PredcacheError({
    code: 'SIGNATURE_UNKNOWN',
    what: 'No engine can say what the model takes',
    where: whereOf(model),
    hint: 'Ask a predictor with an engine that can, such as onnx()',
  });
}

/** @param limit ms that it was given */
export function cloudTooSlow(limit: number, model: Model): PredcacheError {
  return new PredcacheError({
    code: 'REMOTE_TIMEOUT',
    what: `The cloud has not answered within ${Math.round(limit)} ms, and the device needs what is left of the timeout`,
    where: whereOf(model),
    hint: 'Allow more time, or choose an inferenceMode that asks the device first',
    details: { limit },
  });
}

function whereOf({ name }: Model): string {
  return `predictor "${name}"`;
}
