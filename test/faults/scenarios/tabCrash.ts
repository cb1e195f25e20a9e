import { setTimeout as pause } from 'node:timers/promises';
import { openProfile } from '../../support/browser.js';
import type { Scenario } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { Ledger } from '../support/ledger.js';
import { Tab } from '../support/tab.js';

const longestLoad = 500;

/** One of two tabs under load crashes; the other one goes on. */
export const tabCrash: Scenario = {
  name: 'tab crash beside another tab',
  run: async ({ site, plan, random, tally }) => {
    const profile = await openProfile();
    const ledger = new Ledger();
    try {
      const staying = await Tab.open(profile.context, site, ledger);
      await staying.start(unbounded(0));
      for (let run = 0; run < plan.crashes; run++) {
        const crashing = await Tab.open(profile.context, site, ledger);
        await crashing.start(unbounded(run + 1));
        await Promise.all([staying, crashing].map((tab) => tab.goesOn({ answers: 50, acknowledged: 50 })));
        await pause(random() * longestLoad);
        await crashing.crash();
        tally.add(crashing.progress, `before crash ${run + 1}`);
        await staying.goesOn({ answers: 100, acknowledged: 100 });
        await crashing.page.close();
        tally.runs++;
      }
      tally.add(await staying.end(), 'in the tab that stayed');
      tally.verified(await staying.verify(unbounded(0)), 'at the end');
      const { hits } = staying.progress;
      if (hits === 0) tally.violated('the tab that stayed found nothing in the database');
      tally.acknowledged += ledger.acknowledged;
      tally.note(`${hits} predictions from IndexedDB in the tab that stayed`);
    } finally {
      await profile.close();
    }
  },
};
