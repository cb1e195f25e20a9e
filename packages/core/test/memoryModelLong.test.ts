import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { RandomNumbers } from '../src/policies/randomNumbers.js';
import { models, mostEntries, NaiveComparison, type Operation } from './support/naiveComparison.js';
import { naiveSubjects } from './support/naiveSubjects.js';

const unbounded = Number.POSITIVE_INFINITY;

/** Requests for few keys often and for many seldom, each stored when it is missed, as a pipeline would. */
function* requests(count: number, seed: number): Iterable<Operation> {
  const numbers = new RandomNumbers(seed);
  for (let request = 0; request < count; request++) {
    const number = Math.floor(mostEntries ** (numbers.below(1e6) / 1e6)) - 1;
    yield { type: 'get', numbers: [number], model: number % 3 };
    // A write without a miss replaces.
    if (numbers.below(3) === 0) {
      const [size, cost] = [20 + ((number * 7) % 50), 1 + (number % 9) * 4];
      yield { type: 'set', entries: [{ number, size, cost, model: number % 3, age: 0, tags: [] }] };
    }
    if (numbers.below(200) === 0) yield { type: 'delete', numbers: [numbers.below(mostEntries)] };
    if (numbers.below(500) === 0) yield { type: 'usage' };
  }
}

describe('memory does what the naive model does, through many thousand requests', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(Object.keys(naiveSubjects))('with %s', (name) => {
    const options = { maxEntrySize: unbounded, ttl: unbounded };
    const comparison = new NaiveComparison(name, {
      ...options,
      maxSize: 900,
      maxEntries: 30,
      maxShare: { [models[2]!]: 0.3 },
    });
    // W-TinyLFU thinks about its window every 10,000 requests.
    const count = name === 'wtinylfu' ? 36_000 : 8000;
    for (const operation of requests(count, 5)) comparison.do(operation);
    comparison.finish();
  });
});
