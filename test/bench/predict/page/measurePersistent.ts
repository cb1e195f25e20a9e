import { createPredictor, fromFunction, type Tensors } from '@predcache/core';
import { indexedDB as indexedDBTier } from '@predcache/indexeddb';
import { openDB } from 'idb';
import { createStore, get, set } from 'idb-keyval';
import { model, textInput } from '../../page/setting.js';
import { interleave, perOperation } from '../../support/timing.js';

const inputs = 500;

/** A hit in IndexedDB of 500 rows with no memory before it, beside bare `idb` and idb-keyval. ms. */
export async function measurePersistent(rounds: number, loops: number) {
  const outputs: Tensors = {
    probabilities: { type: 'float32', dims: [1, 12], data: new Float32Array(12).fill(1 / 12) },
  };
  const tier = indexedDBTier({ name: 'bench-persistent', hotSet: 0 });
  const predictor = createPredictor({ model, tiers: [tier], onDevice: fromFunction(() => outputs) });
  const asked = Array.from({ length: inputs }, (_, number) => textInput(number));
  const answers = await predictor.predictMany(asked);
  const keys = answers.map(({ key }) => key);
  await tier.usage();
  // As an app would store them by itself.
  const idb = await openDB('bench-bare', 1, { upgrade: (opened) => opened.createObjectStore('entries') });
  for (const key of keys) await idb.put('entries', { outputs, createdAt: Date.now(), cost: 1 }, key);
  const keyvalStore = createStore('bench-keyval', 'rows');
  for (const key of keys) await set(key, await idb.get('entries', key), keyvalStore);
  let at = 0;
  const next = () => at++ % inputs;
  const samples = await interleave(rounds, {
    predict: () => perOperation(loops, () => predictor.predict(asked[next()]!)),
    idb: () => perOperation(loops, () => idb.get('entries', keys[next()]!)),
    idbKeyval: () => perOperation(loops, () => get(keys[next()]!, keyvalStore)),
  });
  const { hitsByTier, requests } = predictor.stats();
  if (hitsByTier.indexeddb !== requests - inputs) throw new Error('Not every request was a hit in IndexedDB');
  if ((await idb.get('entries', keys[0]!)) === undefined) throw new Error('The bare get found nothing');
  idb.close();
  await predictor.dispose();
  return samples;
}
