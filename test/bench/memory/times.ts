import { operationsOf } from './operations.js';
import { contestantNames } from './process/contestants/contestants.js';
import { type ScenarioName, scenarioNames } from './process/scenarios/scenarios.js';
import { measureRounds, type Rounds } from './rounds.js';
import type { Scale } from './scale.js';
import { withProcesses } from './withProcesses.js';

/** Keys for each entry: so many that a cache is often asked for what it does not hold. */
const popularKeys = 10;
/** Keys for each entry that pass through: so many that those which come again have been forgotten. */
const passingKeys = 4;

export type Times = Readonly<Record<ScenarioName, Rounds>>;

/** What an operation takes, by scenario. */
export async function measureTimes(script: string, scale: Scale): Promise<Times> {
  const { capacity, rounds } = scale;
  return withProcesses(script, contestantNames, popularKeys * capacity, async (processes) => {
    const times: Partial<Record<ScenarioName, Rounds>> = {};
    for (const scenario of scenarioNames) {
      const keys = capacity * (scenario === 'setEvict' ? passingKeys : popularKeys);
      const cell = { scenario, capacity, keys, operations: operationsOf(scenario, scale) };
      times[scenario] = (await measureRounds(processes, { cell }, rounds)).cell;
    }
    return times as Times;
  });
}
