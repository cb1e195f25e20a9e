import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import { openProfile } from '../../support/browser.js';
import { until } from '../../support/until.js';
import { within } from '../../support/within.js';
import type { EngineFault, EngineProgress } from '../page/engineSubject.js';
import type { Scenario, Surroundings } from '../scenario.js';

/** ms after the last worker has got going: amid loading the next model, running, or neither. */
const latest = 800;
const answersBetween = 30;
/** ms to a new worker that answers: silence takes 3 s to be noticed. */
const patience = 60_000;
/** ms within which each promise settles: silence, and the start of a worker on a machine that is busy. */
const settleLimit = 15_000;

interface FaultKind {
  readonly fault: EngineFault;
  /** ms */
  readonly runTimeout: number;
  /** Codes that predictions may reject with, for what ran into the fault would do so again. */
  readonly mayReject: readonly string[];
}

export const engineWorkerKilled = scenario('on-device worker killed', {
  fault: 'killed',
  runTimeout: 60_000,
  mayReject: [],
});
export const engineWorkerHung = scenario('on-device worker hung', {
  fault: 'hang',
  runTimeout: 1_000,
  mayReject: ['WORKER_TIMEOUT'],
});
export const engineWorkerOutOfMemory = scenario('on-device worker out of memory', {
  fault: 'memory',
  runTimeout: 60_000,
  mayReject: ['ENGINE_FAILED'],
});

/** Predictors of three real models under load; the worker that computes for them comes to harm again and again. */
function scenario(name: string, kind: FaultKind): Scenario {
  return {
    name,
    run: async (surroundings) => {
      const workers = kind.fault === 'killed' ? [1, 2] : [1];
      const { workerFaults } = surroundings.plan;
      for (const count of workers) await underLoad(surroundings, kind, count, workerFaults / workers.length);
    },
  };
}

async function underLoad(
  { site, random, tally }: Surroundings,
  { fault, runTimeout, mayReject }: FaultKind,
  workers: number,
  times: number,
): Promise<void> {
  const profile = await openProfile();
  try {
    const page = await profile.context.newPage();
    await page.goto(`${site.url}/engine.html`);
    await page.waitForFunction(() => 'engineFaults' in window);
    const seed = Math.floor(random() * 1e6);
    const settings = { seed, workers, runTimeout, mayReject };
    await within(
      patience,
      'the load',
      page.evaluate((given) => window.engineFaults.start(given), settings),
    );
    await goesOn(page, 0);
    for (let run = 0; run < times; run++) {
      await pause(random() * latest);
      const { workers: made } = await progressOf(page);
      await page.evaluate((given) => window.engineFaults.cause(given), fault);
      await goesOn(page, made);
      tally.runs++;
    }
    const progress = await within(
      patience,
      'the end',
      page.evaluate(() => window.engineFaults.end()),
    );
    tally.add(progress, `with ${workers} of them, ${times} times`, settleLimit);
    tally.note(`${progress.answers} answers, ${progress.hits} from memory, of ${progress.workers} workers`);
    for (const [code, count] of Object.entries(progress.givenUp))
      tally.note(`${count} rejected with ${code}`);
  } finally {
    await profile.close();
  }
}

/** Settles when another worker than those made by then has been answering for a while. */
async function goesOn(page: Page, made: number): Promise<void> {
  let progress: EngineProgress | undefined;
  try {
    await until(
      'another worker answers',
      async () => {
        progress = await progressOf(page);
        return progress.workers > made && progress.sinceWorker >= answersBetween;
      },
      patience,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}; ${JSON.stringify(progress)}`);
  }
}

function progressOf(page: Page): Promise<EngineProgress> {
  return within(
    patience,
    'the progress',
    page.evaluate(() => window.engineFaults.progress()),
  );
}
