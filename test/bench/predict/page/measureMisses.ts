import { createPredictor, memory } from '@predcache/core';
import { indexedDB as indexedDBTier } from '@predcache/indexeddb';
import { onnx } from '@predcache/onnx';
import { model, textInput } from '../../page/setting.js';
import { interleave, perOperation } from '../../support/timing.js';

/** A miss everywhere, memory and IndexedDB asked and written, beside the same engine called directly. ms. */
export async function measureMisses(rounds: number, loops: number) {
  const engine = onnx({
    worker: () => new Worker(new URL('../../page/predict.worker.ts', import.meta.url), { type: 'module' }),
  });
  const predictor = createPredictor({
    model,
    tiers: [memory(), indexedDBTier({ name: 'bench-misses' })],
    onDevice: engine,
  });
  await predictor.load();
  let number = 0;
  const settled = async () => {
    // What predict writes after its answer must not be paid for by the contestant that comes next.
    while (predictor.stats().stored < 2 * predictor.stats().misses)
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const samples = await interleave(rounds, {
    predict: async () => {
      const sample = await perOperation(loops, () => predictor.predict(textInput(number++)));
      await settled();
      return sample;
    },
    engine: () => perOperation(loops, () => engine.run([textInput(number++)], { model })),
  });
  const { hits, misses } = predictor.stats();
  if (hits !== 0 || misses !== (rounds + 1) * loops) throw new Error('Not every request was a miss');
  await predictor.dispose();
  return samples;
}
