import { getHit } from './getHit.js';
import { getHitNewKey } from './getHitNewKey.js';
import { getMiss } from './getMiss.js';
import { readThrough } from './readThrough.js';
import { readThroughCold } from './readThroughCold.js';
import type { CreateScenario } from './scenario.js';
import { setEvict } from './setEvict.js';

/** By the name their figures have. */
export const scenarios = {
  getHit,
  getHitNewKey,
  getMiss,
  setEvict,
  readThrough,
  readThroughCold,
} as const satisfies Readonly<Record<string, CreateScenario>>;

export type ScenarioName = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];
