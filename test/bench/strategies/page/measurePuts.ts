import { createPredictor, fromFunction, memory, type Predictor } from '@predcache/core';
import { indexedDB, indexedDBOutbox } from '@predcache/indexeddb';
import { interleave } from '../../support/timing.js';

/** `put` until it is acknowledged, written back and written through to an origin so many ms away. ms. */
export async function measurePuts(originMs: number, rounds: number) {
  let delivered = 0;
  const origin = {
    async write(writes: readonly unknown[]) {
      await new Promise((resolve) => setTimeout(resolve, originMs));
      delivered += writes.length;
    },
  };
  const predictor: Predictor<number, { label: number }> = createPredictor({
    model: { name: 'puts', version: '1' },
    tiers: [memory(), indexedDB({ name: 'bench-puts' })],
    onDevice: fromFunction((number: number) => ({ label: number })),
    origin,
    outbox: indexedDBOutbox({ name: 'bench-puts' }),
  });
  let number = 0;
  const timed = (write: 'through' | 'back') => async () => {
    const started = performance.now();
    await predictor.put(number++, { label: 1 }, { write });
    return performance.now() - started;
  };
  const samples = await interleave(rounds, { through: timed('through'), back: timed('back') });
  await predictor.flush();
  if (delivered !== number) throw new Error(`The origin has ${delivered} of ${number}`);
  await predictor.dispose();
  return samples;
}
