import type { Cell } from './messages.js';
import { operationsOf } from './operations.js';
import type { Contestant } from './process/contestants/contestants.js';
import type { ScenarioName } from './process/scenarios/scenarios.js';
import { measureRounds, type Rounds } from './rounds.js';
import type { Scale } from './scale.js';
import { withProcesses } from './withProcesses.js';

/** The same share of the keys fits the small cache and the large one. */
const keysPerEntry = 3;

export const growthContestants = ['map', 'predcache', 'lru-cache'] as const satisfies readonly Contestant[];
export const growthScenarios = [
  'getHit',
  'setEvict',
  'readThrough',
] as const satisfies readonly ScenarioName[];

export type GrowthScenario = (typeof growthScenarios)[number];

/** The rounds of a small cache and of a large one, by scenario. */
export type Growth = Readonly<Record<GrowthScenario, { readonly small: Rounds; readonly large: Rounds }>>;

/** What an operation takes in a small cache and in a large one. */
export async function measureGrowth(script: string, scale: Scale): Promise<Growth> {
  const { smallCapacity, largeCapacity, growthRounds } = scale;
  const cellOf = (scenario: GrowthScenario, capacity: number): Cell => ({
    scenario,
    capacity,
    keys: keysPerEntry * capacity,
    // A table that is laid out anew once in so many sets as it has entries must count for what it costs.
    operations: Math.max(capacity, operationsOf(scenario, scale)),
  });
  return withProcesses(script, growthContestants, keysPerEntry * largeCapacity, async (processes) => {
    const growth: Partial<Record<GrowthScenario, Growth[GrowthScenario]>> = {};
    for (const scenario of growthScenarios) {
      const cells = { small: cellOf(scenario, smallCapacity), large: cellOf(scenario, largeCapacity) };
      growth[scenario] = await measureRounds(processes, cells, growthRounds);
    }
    return growth as Growth;
  });
}
