// A fresh page that asks for one prediction through Predcache.
import { createPredictor, memory } from '@predcache/core';
import { indexedDB } from '@predcache/indexeddb';
import { onnx } from '@predcache/onnx';
import { model, textInput } from '../../page/setting.js';
import { measured } from './measured.js';

const predictor = createPredictor({
  model,
  tiers: [memory(), indexedDB()],
  onDevice: onnx({
    worker: () => new Worker(new URL('../../page/predict.worker.ts', import.meta.url), { type: 'module' }),
  }),
});

const { source } = await predictor.predict(textInput(1));
const answered = performance.now();
// The next page is to find what this one computed.
while ((predictor.stats().tiers.indexeddb?.entries ?? 0) === 0)
  await new Promise((resolve) => setTimeout(resolve, 5));
measured(source, answered);
