import { createPredictor, fromFunction, memory, type Tensors } from '@predcache/core';
import { LRUCache } from 'lru-cache';
import { model, textInput } from '../../page/setting.js';
import { interleave, perOperation, perOperationNow } from '../../support/timing.js';

const inputs = 1000;

/** A hit in memory of 1,000 entries, beside look-ups by a ready key and by the key most people write. ms. */
export async function measureMemory(rounds: number, loops: number) {
  const outputs: Tensors = {
    probabilities: { type: 'float32', dims: [1, 12], data: new Float32Array(12).fill(1 / 12) },
  };
  const predictor = createPredictor({ model, tiers: [memory()], onDevice: fromFunction(() => outputs) });
  const asked = Array.from({ length: inputs }, (_, number) => textInput(number));
  const map = new Map<string, Tensors>();
  const lruCache = new LRUCache<string, Tensors>({ max: inputs });
  const byJson = new Map<string, Tensors>();
  const keys: string[] = [];
  for (const input of asked) {
    const { key } = await predictor.predict(input);
    keys.push(key);
    map.set(key, outputs);
    lruCache.set(key, outputs);
    byJson.set(jsonKey(input), outputs);
  }
  return interleave(rounds, {
    predict: () => perOperation(loops, (index) => predictor.predict(asked[index % inputs]!)),
    peek: () => perOperationNow(loops, (index) => predictor.peek(asked[index % inputs]!)),
    map: () => perOperationNow(loops * 20, (index) => map.get(keys[index % inputs]!)),
    lruCache: () => perOperationNow(loops * 20, (index) => lruCache.get(keys[index % inputs]!)),
    jsonKey: () => perOperationNow(loops, (index) => byJson.get(jsonKey(asked[index % inputs]!))),
  });
}

/** As in web caches whose keys are JSON; it takes all typed arrays for objects and is many times larger than a digest. */
function jsonKey(input: Tensors): string {
  return JSON.stringify(input);
}
