import { now } from '../clock.js';
import { acceptOutputs } from '../pipeline/outputs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { entryOf } from '../pipeline/resolver.js';
import type { PredictorCache } from '../predictor.js';

/** Cache-aside (look-aside): the app reads and writes what is stored, and computes for itself. */
export function cacheAside<Input, Output>(pipeline: Pipeline<Input, Output>): PredictorCache<Input, Output> {
  const cache: PredictorCache<Input, Output> = {
    async get(input) {
      const started = now();
      const request = await pipeline.requestOf(input);
      const found = await pipeline.stored(request);
      return found === undefined ? undefined : pipeline.answerOf(request, found, started);
    },
    getMany: (inputs) => Promise.all(inputs.map((input) => cache.get(input))),
    async has(input) {
      return (await pipeline.stored(await pipeline.requestOf(input))) !== undefined;
    },
    async set(input, outputs, options = {}) {
      const accepted = acceptOutputs(outputs);
      const request = await pipeline.requestOf(input, options);
      const entry = entryOf(request, accepted, request.rules.tags, {
        cost: request.edition.cost.mean ?? 0,
        computedBy: 'app',
        backend: 'app',
      });
      await request.edition.tiers.store(entry, { marks: request.marks });
    },
    async delete(input) {
      const { key } = await pipeline.requestOf(input);
      await pipeline.invalidate({ keys: [key] });
    },
  };
  return cache;
}
