import { createPredictor, fromFunction, memory } from '@predcache/core';
import { indexedDB } from '@predcache/indexeddb';
import { interleave, perOperation } from '../../support/timing.js';

/**
 * A model of so many ms, no input twice: `predict`, memory and IndexedDB asked and written, beside the engine called
 * directly. ms. The model computes on the main thread and for exactly that time, so that what is left is ours.
 */
export async function measureAllMisses(modelMs: number, rounds: number, loops: number) {
  const engine = fromFunction((number: number) => {
    const until = performance.now() + modelMs;
    while (performance.now() < until);
    return { number };
  });
  const model = { name: 'all-misses', version: String(modelMs) };
  const predictor = createPredictor<number, { number: number }>({
    model,
    tiers: [memory(), indexedDB({ name: 'bench-all-misses' })],
    onDevice: engine,
  });
  let number = 0;
  const samples = await interleave(rounds, {
    predict: () => perOperation(loops, () => predictor.predict(number++)),
    engine: () => perOperation(loops, () => engine.run([number++], { model })),
  });
  const { hits, misses, bypassed } = predictor.stats();
  if (hits !== 0 || misses !== (rounds + 1) * loops) throw new Error('Not every request was a miss');
  await predictor.clear();
  await predictor.dispose();
  return { ...samples, bypassed };
}
