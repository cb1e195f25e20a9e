import { PredcacheError } from '../errors/predcacheError.js';
import type { Edition } from '../pipeline/edition.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Invalidation } from '../predictor.js';
import type { EntryFacts, Selector } from '../tiers/selector.js';

/**
 * Removes what an app says, of the model in use and of the one before where that one may still answer.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, or what an input's key fails with.
 */
export function invalidate<Input>(
  what: Invalidation<Input>,
  pipeline: Pipeline<Input, unknown>,
): Promise<void> {
  return pipeline.untilDisposed(undefined, async () => {
    const { edition } = pipeline;
    const editions = edition.previous === undefined ? [edition] : [edition, edition.previous];
    // Begun in this very step where an input's key takes no time.
    const selectors = editions.map((each) => selectorOf(what, each));
    await Promise.all(
      selectors.map(async (selector) =>
        pipeline.invalidate(selector instanceof Promise ? await selector : selector),
      ),
    );
  });
}

function selectorOf<Input>(what: Invalidation<Input>, edition: Edition<Input>): Selector | Promise<Selector> {
  const model = edition.modelId;
  if (typeof what !== 'object' || what === null) throw invalid(what);
  if ('input' in what) return keysOf([what.input], edition);
  if ('inputs' in what && Array.isArray(what.inputs)) return keysOf(what.inputs, edition);
  if ('tags' in what && isTags(what.tags)) return { model, tags: [...what.tags] };
  if ('olderThan' in what && what.olderThan >= 0)
    return { model, createdBefore: Date.now() - what.olderThan };
  if ('where' in what && typeof what.where === 'function') return { model, where: safely(what.where) };
  if ('model' in what && typeof what.model === 'string') return { model: what.model };
  if ('everything' in what && what.everything === true) return { all: true };
  throw invalid(what);
}

function keysOf<Input>(
  inputs: readonly Input[],
  { inputs: keying }: Edition<Input>,
): Selector | Promise<Selector> {
  const keys = inputs.map((input) => keying.prepare(input).key);
  return keys.every((key) => typeof key === 'string')
    ? { keys }
    : Promise.all(keys).then((known) => ({ keys: known }));
}

function isTags(tags: unknown): tags is readonly string[] {
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
}

/** The app's function may fail on an entry: better computed anew than kept against its will. */
function safely(where: (facts: EntryFacts) => boolean): (facts: EntryFacts) => boolean {
  return (facts) => {
    try {
      return Boolean(where(facts));
    } catch {
      return true;
    }
  };
}

function invalid(what: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `It says nothing that can be invalidated: ${Object.keys(Object(what)).join(', ') || String(what)}`,
    where: 'invalidate',
    hint: 'Pass one of { input }, { inputs }, { tags }, { olderThan }, { where }, { model }, { everything: true }',
  });
}
