import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Site } from '../support/servePages.js';
import { shortPlan } from './scenario.js';
import { scenarios } from './scenarios/all.js';
import { remarksOf } from './support/report.js';
import { runScenario } from './support/runScenario.js';
import { serveFaultsSite } from './support/site.js';

// A few repetitions of what `npm run faults` does many of.
const seed = Math.floor(Math.random() * 1e6);
// A browser may take a minute to find space again on a disk that was full.
const timeout = 180_000;
let site: Site;

beforeAll(async () => {
  site = await serveFaultsSite('faults-test');
});
afterAll(async () => {
  await site?.close();
});

for (const scenario of scenarios) {
  it(scenario.name, { timeout }, async ({ skip }) => {
    const outcome = await runScenario(scenario, { site, plan: shortPlan, seed });
    if ('skipped' in outcome) {
      console.warn(`${scenario.name}: skipped, ${outcome.skipped}`);
      return skip(outcome.skipped);
    }
    expect(outcome.tally.violations, [`seed ${seed}`, ...remarksOf(outcome)].join('\n')).toEqual([]);
  });
}
