import { PredcacheError } from '../errors/predcacheError.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Invalidation } from '../predictor.js';
import type { Selector } from '../tiers/selector.js';

/**
 * What tiers are to delete.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, or what an input's key fails with.
 */
export async function selectorOf<Input>(
  what: Invalidation<Input>,
  pipeline: Pipeline<Input, unknown>,
): Promise<Selector> {
  const model = pipeline.edition.modelId;
  if (typeof what !== 'object' || what === null) throw invalid(what);
  if ('input' in what) return { keys: [await keyOf(what.input, pipeline)] };
  if ('inputs' in what && Array.isArray(what.inputs))
    return { keys: await Promise.all(what.inputs.map((input) => keyOf(input, pipeline))) };
  if ('tags' in what && Array.isArray(what.tags)) return { model, tags: [...what.tags] };
  if ('olderThan' in what && what.olderThan >= 0)
    return { model, createdBefore: Date.now() - what.olderThan };
  if ('where' in what && typeof what.where === 'function') return { model, where: what.where };
  if ('model' in what && typeof what.model === 'string') return { model: what.model };
  if ('everything' in what && what.everything === true) return { all: true };
  throw invalid(what);
}

async function keyOf<Input>(input: Input, pipeline: Pipeline<Input, unknown>): Promise<string> {
  return (await pipeline.requestOf(input)).key;
}

function invalid(what: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `It says nothing that can be invalidated: ${Object.keys(Object(what)).join(', ') || String(what)}`,
    where: 'invalidate',
    hint: 'Pass one of { input }, { inputs }, { tags }, { olderThan }, { where }, { model }, { everything: true }',
  });
}
