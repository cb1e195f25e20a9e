import fc from 'fast-check';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { models, NaiveComparison, type Operation } from './support/naiveComparison.js';
import { naiveSubjects } from './support/naiveSubjects.js';

const names = Object.keys(naiveSubjects);
const number = fc.nat(23);
const model = fc.nat(2);

/** Sums of such costs are exact, whatever their order. */
const cost = fc.integer({ min: 1, max: 400 }).map((quarters) => quarters / 4);
const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 20, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 450 }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
);
const age = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -50, max: 120 }) },
);

const tags = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }) },
);

const set = fc.record({
  type: fc.constant('set' as const),
  entries: fc.array(fc.record({ number, size, cost, model, age, tags }), { minLength: 1, maxLength: 3 }),
});
const get = fc.record({
  type: fc.constant('get' as const),
  numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
  // 3 is none: a look-up that names no model.
  model: fc.nat(3),
});
const remove = fc.oneof(
  fc.record({ type: fc.constant('delete' as const), numbers: fc.array(number, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('deleteModel' as const), model }),
  fc.record({ type: fc.constant('deleteTags' as const), model, tags }),
  fc.record({ type: fc.constant('deleteOlder' as const), model, age: fc.nat(100) }),
  fc.record({ type: fc.constant('deleteCheaper' as const), model, cost }),
);
const usage = fc.constant({ type: 'usage' as const });
const wait = fc.record({ type: fc.constant('wait' as const), ms: fc.nat(40) });
const change = fc.record({ type: fc.constant('switch' as const), to: fc.constantFrom(...names) });

function operations(extra: fc.WeightedArbitrary<Operation>[] = []): fc.Arbitrary<Operation[]> {
  const operation = fc.oneof(
    { weight: 10, arbitrary: set as fc.Arbitrary<Operation> },
    { weight: 14, arbitrary: get },
    { weight: 2, arbitrary: remove },
    { weight: 2, arbitrary: usage },
    ...extra,
  );
  return fc.array(operation, { maxLength: 150, size: 'max' });
}

const unbounded = Number.POSITIVE_INFINITY;
const none = { maxEntries: unbounded, maxEntrySize: unbounded, ttl: unbounded, maxShare: {} };
const maxSize = fc.integer({ min: 100, max: 900 });
const maxEntries = fc.integer({ min: 1, max: 16 });

describe.each(names)('memory with %s does what the naive model does', (name) => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Every step of the same operations on both. */
  function compare(
    options: fc.Arbitrary<Partial<ConstructorParameters<typeof NaiveComparison>[1]>>,
    steps = operations(),
  ): void {
    const property = fc.property(options, steps, (bounds, all) => {
      const comparison = new NaiveComparison(name, { ...none, maxSize: 1e6, ...bounds });
      for (const operation of all) comparison.do(operation);
      comparison.finish();
    });
    fc.assert(property, { numRuns: 60 });
  }

  it('in entries', () => compare(fc.record({ maxEntries })));

  it('in bytes', () => compare(fc.record({ maxSize, maxEntrySize: fc.integer({ min: 50, max: 500 }) })));

  it('in both, with a time to live', () =>
    compare(
      fc.record({ maxSize, maxEntries, ttl: fc.integer({ min: 1, max: 200 }) }),
      operations([{ weight: 3, arbitrary: wait }]),
    ));

  it('with shares of the bytes', () =>
    compare(
      fc.record({
        maxSize,
        maxEntries: fc.option(maxEntries, { nil: unbounded }),
        maxShare: fc.record({
          [models[0]!]: fc.integer({ min: 1, max: 10 }).map((tenths) => tenths / 10),
          [models[1]!]: fc.constant(0.5),
        }),
      }),
    ));

  it('with everything, and other policies in between', () =>
    compare(
      fc.record({
        maxSize,
        maxEntries,
        ttl: fc.integer({ min: 50, max: 400 }),
        maxShare: fc.record({ [models[0]!]: fc.constantFrom(0.25, 0.6) }),
      }),
      operations([
        { weight: 2, arbitrary: wait },
        { weight: 1, arbitrary: change },
      ]),
    ));
});
