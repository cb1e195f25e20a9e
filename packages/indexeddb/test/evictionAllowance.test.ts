import { describe, expect, it } from 'vitest';
import { EvictionAllowance } from '../src/evictionAllowance.js';

describe('EvictionAllowance', () => {
  it('half of what is stored, and nothing again until a write has succeeded', () => {
    const allowance = new EvictionAllowance();
    expect(allowance.of(1_000)).toBe(500);
    allowance.evicted(1_000);
    expect(allowance.of(900)).toBe(0);
    allowance.wrote(910);
    expect(allowance.of(910)).toBe(410);
  });

  it('never below half of the most that was stored when some was evicted', () => {
    const allowance = new EvictionAllowance();
    let stored = 1_000;
    for (let round = 0; round < 100; round++) {
      const evicted = Math.min(100, allowance.of(stored));
      if (evicted > 0) allowance.evicted(stored);
      stored += 1 - evicted;
      allowance.wrote(stored);
    }
    expect(stored).toBeGreaterThanOrEqual(500);
    expect(stored).toBeLessThan(510);
    stored = 3_000;
    allowance.wrote(stored);
    expect(allowance.of(stored)).toBe(1_500);
    allowance.evicted(stored);
    allowance.wrote(2_000);
    expect(allowance.of(2_000)).toBe(500);
  });

  it('what was deleted on purpose is not to come back before anything is evicted again', () => {
    const allowance = new EvictionAllowance();
    allowance.evicted(1_000);
    allowance.wrote(10);
    allowance.wrote(110);
    expect(allowance.of(110)).toBe(55);
  });

  it('a write after which it is not known what is stored', () => {
    const allowance = new EvictionAllowance();
    allowance.evicted(1_000);
    allowance.wrote();
    expect(allowance.of(600)).toBe(100);
  });
});
