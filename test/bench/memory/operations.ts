import type { ScenarioName } from './process/scenarios/scenarios.js';
import type { Scale } from './scale.js';

/** A bare Map takes 3 to 6 ms for these: the clock is finer by far, and other programs seldom come in between. */
const worthTiming: Readonly<Record<ScenarioName, number>> = {
  getHit: 150_000,
  getHitNewKey: 30_000,
  getMiss: 150_000,
  setEvict: 50_000,
  readThrough: 40_000,
  readThroughCold: 40_000,
};

/** Operations of a round. */
export function operationsOf(scenario: ScenarioName, { operationsShare }: Scale): number {
  return Math.ceil(worthTiming[scenario] * operationsShare);
}
