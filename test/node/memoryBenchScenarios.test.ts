import type { Entry } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import type { Cache } from '../bench/memory/process/cache.js';
import { keyOf } from '../bench/memory/process/keys.js';
import { makePool, type Pool } from '../bench/memory/process/pool.js';
import { type ScenarioName, scenarios } from '../bench/memory/process/scenarios/scenarios.js';
import { randomNumbers } from '../bench/support/randomNumbers.js';
import { shuffled } from '../bench/support/shuffled.js';

const capacity = 100;
const keys = 400;
const pool = makePool(keys);

/** Stores what it is given, and evicts the oldest. */
class Honest implements Cache {
  readonly mostEntries: number = capacity;
  readonly held = new Map<string, Entry>();
  readonly pool: Pool = pool;

  get size(): number {
    return this.held.size;
  }

  get(key: string): Entry | undefined {
    return this.held.get(key);
  }

  set(number: number): void {
    if (this.held.size === this.mostEntries) this.held.delete([...this.held.keys()][0]!);
    this.held.set(this.pool.keys[number]!, this.pool.entries[number]!);
  }
}

class Forgetful extends Honest {
  override get(): undefined {
    return undefined;
  }
}

class Mistaken extends Honest {
  override get(): Entry {
    return pool.entries[0]!;
  }
}

class Boundless extends Honest {
  override set(number: number): void {
    this.held.set(pool.keys[number]!, pool.entries[number]!);
  }
}

class Lazy extends Honest {
  override set(number: number): void {
    if (this.held.size < capacity) super.set(number);
  }
}

class Small extends Honest {
  override readonly mostEntries = capacity / 2;
}

/** Runs a scenario to where it is verified. */
function measure(name: ScenarioName, create: () => Cache): { operations: number; hits: number } {
  const scenario = scenarios[name]({ create, pool, capacity, keys });
  const operations = 1000;
  let hits = 0;
  for (let done = 0; done <= scenario.warmUp; done += operations) {
    scenario.prepare?.(operations);
    scenario.touch?.(operations);
    hits = scenario.run(operations);
  }
  scenario.verify(operations, hits);
  return { operations, hits };
}

describe('scenarios of the memory suite', () => {
  it('find in a cache what they should', () => {
    const hitsOf = (name: ScenarioName) => measure(name, () => new Honest()).hits;
    expect(hitsOf('getHit')).toBe(1000);
    expect(hitsOf('getHitNewKey')).toBe(1000);
    expect(hitsOf('getMiss')).toBe(0);
    expect(hitsOf('setEvict')).toBe(0);
    expect(hitsOf('readThrough')).toBeGreaterThan(300);
    expect(hitsOf('readThroughCold')).toBe(hitsOf('readThrough'));
  });

  it.each([
    {
      fault: Forgetful,
      caught: ['getHit', 'getHitNewKey', 'getMiss', 'setEvict', 'readThrough', 'readThroughCold'],
    },
    {
      fault: Mistaken,
      caught: ['getHit', 'getHitNewKey', 'getMiss', 'setEvict', 'readThrough', 'readThroughCold'],
    },
    { fault: Boundless, caught: ['setEvict', 'readThrough', 'readThroughCold'] },
    { fault: Lazy, caught: ['setEvict'] },
    {
      fault: Small,
      caught: ['getHit', 'getHitNewKey', 'getMiss', 'setEvict', 'readThrough', 'readThroughCold'],
    },
  ] as const)('give no figure for a cache that is $fault.name', ({ fault, caught }) => {
    for (const name of caught) expect(() => measure(name, () => new fault()), name).toThrow(Error);
  });

  it('ask for keys like digests, each a string of its own that is the same in every process', () => {
    expect(new Set(pool.keys).size).toBe(keys);
    for (const key of pool.keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf(7)).toBe(pool.keys[7]);
    expect(keyOf(0)).toBe('000000003cd6e3f34c081dbfdb408c9d');
  });

  it('shuffle without losing or repeating any', () => {
    const numbers = shuffled(50, 150, randomNumbers(1));
    expect(numbers).toEqual(shuffled(50, 150, randomNumbers(1)));
    expect(numbers).not.toEqual(numbers.toSorted());
    expect([...numbers.toSorted()]).toEqual(Array.from({ length: 100 }, (_, at) => 50 + at));
  });
});
