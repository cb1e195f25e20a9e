import { now } from '../clock.js';
import { acceptOutputs } from '../pipeline/outputs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { entryByApp } from '../pipeline/resolver.js';
import type { PredictorCache } from '../predictor.js';
import { invalidate } from './invalidation.js';

/** Cache-aside (look-aside): the app reads and writes what is stored, and computes for itself. */
export function cacheAside<Input, Output>(pipeline: Pipeline<Input, Output>): PredictorCache<Input, Output> {
  const cache: PredictorCache<Input, Output> = {
    get: (input) =>
      pipeline.untilDisposed(undefined, async () => {
        const started = now();
        const request = await pipeline.requestOf(input);
        const found = await pipeline.stored(request);
        return found === undefined ? undefined : pipeline.answerOf(request, found, started);
      }),
    getMany: (inputs) => Promise.all(inputs.map((input) => cache.get(input))),
    has: (input) =>
      pipeline.untilDisposed(
        undefined,
        async () => (await pipeline.stored(await pipeline.requestOf(input))) !== undefined,
      ),
    set: (input, outputs, { tags } = {}) =>
      pipeline.untilDisposed(undefined, async () => {
        const accepted = acceptOutputs(outputs);
        const invalidations = pipeline.watchInvalidations();
        try {
          const request = await pipeline.requestOf(input, { tags });
          const entry = entryByApp(request, accepted, request.rules.tags);
          // An input that takes time to hash: what was invalidated meanwhile was known before.
          if (invalidations.isRevoked(entry)) return;
          await request.edition.tiers.store(entry, { marks: request.marks });
        } finally {
          invalidations.end();
        }
      }),
    delete: (input) => invalidate({ input }, pipeline),
  };
  return cache;
}
