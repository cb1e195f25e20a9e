import { openProfile } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Scenario } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { Ledger } from '../support/ledger.js';
import { Tab } from '../support/tab.js';

/** The user clears the site's data while the page is at work. What is written afterwards must stay. */
export const cleared: Scenario = {
  name: 'storage cleared under load',
  run: async ({ site, plan, tally }) => {
    const profile = await openProfile();
    const ledger = new Ledger();
    const settings = unbounded(1);
    let gone = 0;
    try {
      const tab = await Tab.open(profile.context, site, ledger);
      await tab.start(settings);
      for (let run = 0; run < plan.clears; run++) {
        await tab.goesOn({ answers: 100, acknowledged: 200 });
        await until('the browser stores a row', async () => (await tab.mark('before')) === 'stored');
        gone += ledger.acknowledged;
        await tab.clearStorage();
        await tab.forgive();
        if (await tab.isMarked('before')) tally.violated('the browser cleared nothing');
        tally.runs++;
      }
      await tab.goesOn({ answers: 100, acknowledged: 200 });
      tally.add(await tab.end(), 'under load');
      tally.verified(await tab.verify(settings), 'at the end');
      tally.acknowledged += ledger.acknowledged;
      tally.note(`${gone} acknowledged entries cleared`);
    } finally {
      await profile.close();
    }
  },
};
