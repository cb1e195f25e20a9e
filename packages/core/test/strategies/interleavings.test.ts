import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InFlight } from '../../src/pipeline/inFlight.js';
import { type Change, Interleaving, inputs, type Step } from '../support/interleaving.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const changes: readonly Change[] = [
  'input',
  'inputs',
  'tags',
  'olderThan',
  'where',
  'model',
  'everything',
  'clear',
  'delete',
];
const input = fc.constantFrom(...inputs);
const cache = fc.constantFrom(
  undefined,
  undefined,
  'default',
  'reload',
  'no-store',
  'no-cache',
  'force-cache',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('predict'), input, cache }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('predictAndLeave'), input }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('put'), input, write: fc.constantFrom('through', 'around') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change'), input, by: fc.constantFrom(...changes) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('update') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break') }) },
) as fc.Arbitrary<Step>;

const runs = Number(process.env.PREDCACHE_INTERLEAVINGS ?? 1000);

describe('whatever happens in whatever order', () => {
  it.each([
    { allowPreviousModel: false, isShortLived: false },
    { allowPreviousModel: false, isShortLived: true },
    { allowPreviousModel: true, isShortLived: false },
    { allowPreviousModel: true, isShortLived: true },
  ])(
    'a hit is what the model computes now, and everything ends: %j',
    async (settings) => {
      const unhandled: unknown[] = [];
      const note = (error: unknown) => unhandled.push(error);
      process.on('unhandledRejection', note);
      const beginning = vi.spyOn(InFlight.prototype, 'begin');
      const run = fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 2, maxLength: 14 }),
        async (scheduler, steps) => {
          beginning.mockClear();
          const interleaving = new Interleaving(scheduler, settings);
          await interleaving.run(steps);
          await interleaving.settle();
          const inFlight = beginning.mock.contexts as unknown as readonly InFlight<unknown>[];
          expect(inFlight.map(({ size }) => size)).toEqual(inFlight.map(() => 0));
          await interleaving.predictor.dispose();
          expect(interleaving.running).toBe(0);
          expect(interleaving.faults).toEqual([]);
        },
      );
      await fc.assert(run, { numRuns: runs });
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
    120_000,
  );
});
