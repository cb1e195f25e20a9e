import { createPredictor, type Engine } from '@predcache/core';
import { engineOf } from './measureEngine.js';
import { subjects } from './subjects.js';

const subject = () => subjects['small, a word']();
let engine: Engine | undefined;

/** Makes an engine, loads a model, runs it and disposes of the engine, so many times. */
export async function loadAndDispose(rounds: number): Promise<void> {
  const { model, input } = subject();
  for (let round = 0; round < rounds; round++) {
    const fresh = engineOf();
    await fresh.load({ model });
    await fresh.run([input(round)], { model });
    await fresh.dispose();
  }
}

/** Loads a model into the same worker, runs it and unloads it, so many times. */
export async function loadAndUnload(rounds: number): Promise<void> {
  const { model, input } = subject();
  engine ??= engineOf();
  for (let round = 0; round < rounds; round++) {
    await engine.load({ model });
    await engine.run([input(round)], { model });
    await engine.unload!({ model });
  }
}

/** So many different inputs, some of them at the same time, none of them stored. */
export async function runMany(runs: number): Promise<void> {
  const { model, input } = subject();
  const predictor = createPredictor({ model, tiers: [], onDevice: engineOf() });
  const atOnce = 100;
  for (let from = 0; from < runs; from += atOnce) {
    const inputs = Array.from({ length: atOnce }, (_, at) => input(from + at));
    await predictor.predictMany(inputs, { cache: 'no-store' });
  }
  await predictor.dispose();
}
