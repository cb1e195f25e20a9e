import { openProfile } from '../../support/browser.js';
import type { Scenario } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { Ledger } from '../support/ledger.js';
import { Tab } from '../support/tab.js';

/** ms after the beginning of a write. */
const latest = 8;

/** A tier lives in a worker, which is terminated amid its writes; another worker goes on. */
export const workerTerminated: Scenario = {
  name: 'worker terminated mid-transaction',
  run: async ({ site, plan, random, tally }) => {
    const profile = await openProfile();
    const ledger = new Ledger();
    let underWay = 0;
    try {
      const tab = await Tab.open(profile.context, site, ledger);
      for (let run = 0; run < plan.terminations; run++) {
        await tab.startWorker(unbounded(run));
        await tab.goesOn({ answers: 50, acknowledged: 50 });
        if (await tab.terminateWorker(random() * latest)) underWay++;
        tally.add(tab.progress, `before termination ${run + 1}`);
        tally.verified(await tab.verify(unbounded(run)), `after termination ${run + 1}`);
        tally.runs++;
      }
      if (underWay === 0) tally.violated('no write was under way when a worker was terminated');
      await tab.startWorker(unbounded(plan.terminations));
      await tab.goesOn({ answers: 100, acknowledged: 100 });
      tally.add(await tab.endWorker(), 'in the last worker');
      tally.verified(await tab.verify(unbounded(0)), 'at the end');
      tally.acknowledged += ledger.acknowledged;
      tally.note(`a write under way in ${underWay} of ${tally.runs}`);
    } finally {
      await profile.close();
    }
  },
};
