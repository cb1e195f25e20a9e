import { createPredictor, fromFunction, memory, type Predictor } from '@predcache/core';
import { indexedDB } from '@predcache/indexeddb';

let predictor: Predictor<number, { number: number }> | undefined;
let runs = 0;

/** A model of so many ms, in every tab that calls this. */
export async function openShared(modelMs: number): Promise<void> {
  const tier = indexedDB({ name: 'bench-shared' });
  predictor = createPredictor({
    model: { name: 'shared', version: '1' },
    tiers: [memory(), tier],
    onDevice: fromFunction(async (number: number, { signal }) => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, modelMs));
      signal.throwIfAborted();
      return { number };
    }),
  });
  await tier.ready();
}

/** So many identical requests at once; how often this tab's engine ran for them, and ms until all were answered. */
export async function askAtOnce(
  number: number,
  requests: number,
): Promise<{ readonly runs: number; readonly time: number }> {
  const before = runs;
  const started = performance.now();
  const answers = await Promise.all(Array.from({ length: requests }, () => predictor!.predict(number)));
  const time = performance.now() - started;
  if (answers.some(({ output }) => output.number !== number)) throw new Error('A wrong answer');
  return { runs: runs - before, time };
}
