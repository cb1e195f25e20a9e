import { createPredictor, memory, type Predictor, type Tensors } from '@predcache/core';
import { onnx } from '@predcache/onnx';
import { interleave, perOperation } from '../../support/timing.js';
import { RawEngine } from './rawEngine.js';
import { concatenated, type SubjectName, subjects } from './subjects.js';

export const engineOf = (options: Partial<Parameters<typeof onnx>[0]> = {}) =>
  onnx({
    worker: () => new Worker(new URL('../../page/predict.worker.ts', import.meta.url), { type: 'module' }),
    modelCache: false,
    ...options,
  });

const warmUp = 1_000;

/** A miss, answered by the engine, beside a hand-written worker; and beside the same engine that takes no batches. ms. */
export async function measureMisses(name: SubjectName, rounds: number, loops: number) {
  const { model, input } = subjects[name]();
  const [predictor, unbatched] = [{}, { batching: false }].map((options) =>
    createPredictor({ model, tiers: [memory()], onDevice: engineOf(options) }),
  ) as [Predictor<Tensors, Tensors>, Predictor<Tensors, Tensors>];
  const raw = new RawEngine();
  await Promise.all([predictor.load(), unbatched.load(), raw.load(model.url!)]);
  let number = 0;
  // Until the browser has compiled what is called often, on both sides.
  for (; number < 3 * warmUp; number += 3) {
    await predictor.predict(input(number));
    await unbatched.predict(input(number + 1));
    await raw.run(input(number + 2));
  }
  const samples = await interleave(rounds, {
    predict: () => perOperation(loops, () => predictor.predict(input(number++))),
    unbatched: () => perOperation(loops, () => unbatched.predict(input(number++))),
    raw: () => perOperation(loops, () => raw.run(input(number++))),
  });
  if (predictor.stats().hits + unbatched.stats().hits > 0) throw new Error('Not every request was a miss');
  raw.end();
  await Promise.all([predictor.dispose(), unbatched.dispose()]);
  return samples;
}

const requests = 1_000;
export const batchSizes = [1, 8, 16, 32, 64, 125, 250, 500, 1_000] as const;

/** A thousand predictions asked for at once, beside the hand-written worker that is sent batches put together before. ms. */
export async function measureThroughput(name: SubjectName, rounds: number) {
  const { model, input } = subjects[name]();
  const predictor = createPredictor({ model, tiers: [memory()], onDevice: engineOf() });
  const raw = new RawEngine();
  await Promise.all([predictor.load(), raw.load(model.url!)]);
  let number = 0;
  const next = () => Array.from({ length: requests }, () => input(number++));
  const timed = async (ask: () => Promise<unknown>[]) => {
    const started = performance.now();
    await Promise.all(ask());
    return performance.now() - started;
  };
  const samples = await interleave(rounds, {
    predict: () => {
      const inputs = next();
      return timed(() => inputs.map((each) => predictor.predict(each)));
    },
    ...Object.fromEntries(
      batchSizes.map((size) => [
        `raw ${size}`,
        () => {
          const inputs = next();
          const batches: ReturnType<typeof concatenated>[] = [];
          for (let at = 0; at < requests; at += size) batches.push(concatenated(inputs.slice(at, at + size)));
          return timed(() => batches.map((batch) => raw.run(batch)));
        },
      ]),
    ),
  });
  if (predictor.stats().hits > 0) throw new Error('Not every request was a miss');
  raw.end();
  await predictor.dispose();
  return samples as Record<string, number[]>;
}
