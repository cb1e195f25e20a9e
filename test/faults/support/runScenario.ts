import { randomNumbers } from '../../bench/support/randomNumbers.js';
import type { Site } from '../../support/servePages.js';
import type { Plan, Scenario } from '../scenario.js';
import { Tally } from './tally.js';

/** What came of a scenario, or why it was not run. */
export type Outcome = { readonly tally: Tally } | { readonly skipped: string };

/** Runs a scenario. One that cannot go on has failed, with what it had found out by then. */
export async function runScenario(
  scenario: Scenario,
  { site, plan, seed }: { readonly site: Site; readonly plan: Plan; readonly seed: number },
): Promise<Outcome> {
  const skipped = await scenario.skipped?.();
  if (skipped !== undefined) return { skipped };
  const tally = new Tally();
  try {
    await scenario.run({ site, plan, random: randomNumbers(seed), tally });
    if (tally.answers === 0) tally.violated('nothing was answered');
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const [where = 'a place unknown'] = /scenarios\/\w+\.ts:\d+/.exec(stack) ?? [];
    tally.violated(`it could not go on at ${where}: ${message}`);
  }
  return { tally };
}
