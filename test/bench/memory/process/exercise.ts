import type { CreateCache } from './cache.js';
import { MeasuredScenario } from './measuredScenario.js';
import { makePool } from './pool.js';
import { scenarios } from './scenarios/scenarios.js';

const capacity = 500;
const keys = 5000;
const operations = 5000;

/**
 * Never given up: when the last object of a shape is collected, the engine forgets what it has learnt of the shape, and
 * some of what it compiles afterwards stays several times slower. In an app a cache is never collected.
 */
const kept: MeasuredScenario[] = [];

/**
 * A little of everything. An app does all of it with one cache: code that was compiled when only one of the scenarios
 * had been seen would make that one look faster than it ever is.
 */
export function exercise(create: CreateCache): void {
  const pool = makePool(keys);
  for (const createScenario of Object.values(scenarios)) {
    const scenario = new MeasuredScenario(createScenario({ create, pool, capacity, keys }), operations);
    scenario.round();
    kept.push(scenario);
  }
}
