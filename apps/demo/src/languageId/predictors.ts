import { languages, models, vocabulary } from 'virtual:language-models';
import { createPredictor, type Model, memory, type Predictor, type Tensors } from '@predcache/core';
import { indexedDB } from '@predcache/indexeddb';
import { onnx } from '@predcache/onnx';
import { openInference } from '@predcache/remote';
import { createRank, type Ranking } from './ranking.js';
import { createToChars } from './toChars.js';

export type LanguagePredictor = Predictor<string, Ranking>;
export type ModelSize = 'small' | 'large';
export type Predictors = Readonly<Record<ModelSize, LanguagePredictor>>;

/** A predictor for each model. They share tiers and engines: one budget, one worker, one connection to the API. */
export function createPredictors(): Predictors {
  const toChars = createToChars(vocabulary);
  const decode = createRank(languages);
  const tiers = [memory({ maxSize: 8e6 }), indexedDB({ maxSize: 64e6 })];
  const onDevice = onnx({
    worker: () => new Worker(new URL('./predict.worker.ts', import.meta.url), { type: 'module' }),
  });
  const inCloud = openInference({ baseUrl: '/v2', format: 'binary' });

  function predictorOf(model: Model): LanguagePredictor {
    return createPredictor<string, Ranking, Tensors>({
      model,
      encode: (text) => {
        const data = toChars(text);
        return { chars: { type: 'int32', dims: [1, data.length], data } };
      },
      decode,
      tiers,
      onDevice,
      inCloud,
    });
  }

  return { small: predictorOf(models.small), large: predictorOf(models.large) };
}
