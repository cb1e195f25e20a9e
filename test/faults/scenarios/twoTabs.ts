import { setTimeout as pause } from 'node:timers/promises';
import { openProfile } from '../../support/browser.js';
import type { Scenario } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { Ledger } from '../support/ledger.js';
import { Tab } from '../support/tab.js';

/** Two tabs ask for the same numbers and write into the same database, which is full: both of them evict. */
export const twoTabs: Scenario = {
  name: 'two tabs under load',
  run: async ({ site, plan, tally }) => {
    const profile = await openProfile();
    const ledger = new Ledger();
    const maxSize = 500_000;
    try {
      const tabs = [
        await Tab.open(profile.context, site, ledger),
        await Tab.open(profile.context, site, ledger),
      ];
      await Promise.all(tabs.map((tab, index) => tab.start(unbounded(index, { maxSize }))));
      await pause(plan.tabsTime);
      await Promise.all(tabs.map((tab) => tab.goesOn({ answers: 100, acknowledged: 100 })));
      const ends = await Promise.all(tabs.map((tab) => tab.end()));
      for (const [index, end] of ends.entries()) tally.add(end, `tab ${index + 1}`);
      for (const [index, tab] of tabs.entries()) {
        const verification = await tab.verify(unbounded(index, { maxSize }));
        tally.verified(verification, `at the end, in tab ${index + 1}`);
        const { entries, bytes } = verification.found;
        if (bytes > maxSize) tally.violated(`${bytes} bytes are more than maxSize`);
        if (index === 0) tally.note(`${entries} of ${ledger.acknowledged} entries not evicted`);
      }
      const hits = ends.map((end) => end.hits);
      if (hits.includes(0)) tally.violated('a tab found nothing in the database');
      tally.runs++;
      tally.acknowledged += ledger.acknowledged;
      tally.note(`${plan.tabsTime / 1000} s; ${hits.join(' and ')} predictions from IndexedDB`);
    } finally {
      await profile.close();
    }
  },
};
