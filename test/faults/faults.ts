import os from 'node:os';
import { parseArgs } from 'node:util';
import { fullPlan, type Scenario, shortPlan } from './scenario.js';
import { scenarios } from './scenarios/all.js';
import { remarksOf, tableOf } from './support/report.js';
import { type Outcome, runScenario } from './support/runScenario.js';
import { serveFaultsSite } from './support/site.js';

const usage = `Usage: npm run faults [-- WORDS] [--quick] [--seed N]
WORDS     only scenarios whose names have all of them: ${scenarios.map(({ name }) => `"${name}"`).join(', ')}
--quick   few repetitions, as in npm test
--seed N  the same random moments and places as in another run`;

/**
 * Runs the scenarios, one after another, and prints what came of them.
 *
 * @param prepareBrowser called before the first one
 * @returns the exit code: 1 when something was violated, 2 when the command line asks for what there is not
 */
export async function faults(args: readonly string[], prepareBrowser: () => Promise<void>): Promise<number> {
  const asked = commandLineOf(args);
  if (asked === undefined) {
    console.error(usage);
    return 2;
  }
  await prepareBrowser();
  const { chosen, plan, seed } = asked;
  const [cpu] = os.cpus();
  console.log(
    `${os.cpus().length} × ${cpu?.model.trim()}, load ${os.loadavg()[0]?.toFixed(2)}, seed ${seed}\n`,
  );
  const outcomes = new Map<string, Outcome>();
  const site = await serveFaultsSite('faults');
  try {
    for (const scenario of chosen) {
      const started = performance.now();
      const outcome = await runScenario(scenario, { site, plan, seed });
      outcomes.set(scenario.name, outcome);
      console.log(`${scenario.name}, ${Math.round((performance.now() - started) / 1000)} s`);
      for (const remark of remarksOf(outcome)) console.log(`  ${remark}`);
    }
  } finally {
    await site.close();
  }
  console.log(`\n${tableOf(outcomes)}`);
  const isViolated = (outcome: Outcome) => 'tally' in outcome && outcome.tally.violations.length > 0;
  return [...outcomes.values()].some(isViolated) ? 1 : 0;
}

function commandLineOf(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, seed: { type: 'string' } },
    });
    const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
    const chosen = scenarios.filter(({ name }: Scenario) => positionals.every((word) => name.includes(word)));
    if (chosen.length === 0 || !Number.isSafeInteger(seed)) return undefined;
    return { chosen, seed, plan: values.quick ? shortPlan : fullPlan };
  } catch {
    return undefined;
  }
}
