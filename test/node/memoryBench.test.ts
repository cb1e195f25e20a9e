import { describe, expect, it } from 'vitest';
import { measureMemory } from '../bench/memory/memorySuite.js';
import { contestantNames } from '../bench/memory/process/contestants/contestants.js';
import { scenarioNames } from '../bench/memory/process/scenarios/scenarios.js';
import type { Scale } from '../bench/memory/scale.js';

/** Too little for its figures to mean anything. */
const tiny: Scale = {
  capacity: 500,
  rounds: 3,
  operationsShare: 0.02,
  weighedCapacity: 10_000,
  smallCapacity: 100,
  largeCapacity: 2000,
  growthRounds: 2,
};

describe('the memory suite', () => {
  it('measures every contestant in every scenario', { timeout: 120_000 }, async () => {
    const { figures, text } = await measureMemory(tiny);
    const growthNames = ['getHit', 'setEvict', 'readThrough'];
    expect(Object.keys(figures).sort()).toEqual(
      [
        ...scenarioNames.flatMap((scenario) => [
          scenario,
          `mapNanoseconds.${scenario}`,
          ...contestantNames.map((name) => `${scenario}.${name}`),
        ]),
        ...contestantNames.map((name) => `readThroughHits.${name}`),
        ...['bytesPerEntry', 'bytesPerEntryAfterTurnover'].flatMap((bytes) => [
          bytes,
          ...contestantNames.map((name) => `${bytes}.${name}`),
        ]),
        'growth',
        ...growthNames.flatMap((scenario) => [
          `growth.${scenario}`,
          ...['map', 'predcache', 'lru-cache'].map((name) => `growth.${scenario}.${name}`),
        ]),
        'costAware',
      ].sort(),
    );
    for (const [name, value] of Object.entries(figures)) expect(value, name).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(figures))).toEqual(figures);
    for (const name of contestantNames) expect(text).toContain(`\n${name} `);

    expect(figures.getHit).toBe(figures['getHit.predcache']);
    expect(figures['getHit.map']).toBe(1);
    expect(figures.growth).toBe(Math.max(...growthNames.map((name) => figures[`growth.${name}`]!)));
    // What is not timed is the same on every machine.
    expect(figures['readThroughHits.lru-cache']).toBe(figures['readThroughHits.predcache-lru']);
    expect(figures['readThroughHits.predcache']).toBeGreaterThan(figures['readThroughHits.lru-cache']!);
    expect(figures['readThroughHits.lru-cache']).toBeGreaterThan(figures['readThroughHits.map']!);
    expect(figures.costAware).toBeGreaterThan(0.4);
    expect(figures.costAware).toBeLessThan(0.6);
  });
});
