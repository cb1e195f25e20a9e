import { setTimeout as pause } from 'node:timers/promises';
import { openProfile } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Scenario } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { Ledger } from '../support/ledger.js';
import { Tab } from '../support/tab.js';

const quotaSize = 500_000;

/** The site may store 500 kB, which the tier does not know of; later on it may store more again. */
export const quota: Scenario = {
  name: 'quota of 500 kB',
  run: async ({ site, plan, tally }) => {
    const profile = await openProfile();
    const ledger = new Ledger();
    const settings = unbounded(1, { floats: 500 });
    try {
      const tab = await Tab.open(profile.context, site, ledger);
      // Before the first write: Chromium reckons with what it was told for a while.
      await tab.limitStorage(quotaSize);
      await tab.start(settings);
      await until('the quota is used up', async () => (await tab.storeMuch()) === 'QuotaExceededError');
      await pause(plan.faultTime);
      await tab.goesOn({ answers: 200 });
      tally.add(await tab.end(), 'with the quota used up');
      const full = await tab.verify(settings);
      tally.verified(full, 'with the quota used up');
      if (full.found.entries === 0) tally.violated('with the quota used up: everything was deleted');

      await tab.limitStorage();
      await tab.start(settings);
      await tab.goesOn({ answers: 200, acknowledged: 200 });
      tally.add(await tab.end(), 'with space again');
      tally.verified(await tab.verify(settings), 'with space again');
      tally.runs++;
      tally.acknowledged += ledger.acknowledged;
      tally.note(`${full.found.entries} entries of ${full.found.bytes} bytes fitted`);
    } finally {
      await profile.close();
    }
  },
};
