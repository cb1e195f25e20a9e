import { setTimeout as pause } from 'node:timers/promises';
import { openProfile } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Progress } from '../page/messages.js';
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
      await tab.goesOn({ answers: 200, hits: 3 });
      const load = await tab.end();
      tally.add(load, 'with the quota used up');
      const full = await tab.verify(settings);
      tally.verified(full, 'with the quota used up');
      if (full.found.entries < load.mostEntries / 2) {
        const left = `${full.found.entries} entries of ${load.mostEntries} are left`;
        tally.violated(`with the quota used up: most was deleted, ${left}`);
      }

      // Another session finds it full, and goes on by itself when it is not.
      await tab.start(settings);
      await until('a write is refused again', () => refusalsOf(tab.progress) > 0);
      await tab.goesOn({ answers: 200 });
      await tab.limitStorage();
      await tab.goesOn({ answers: 200, acknowledged: 200 });
      tally.add(await tab.end(), 'with space again');
      tally.verified(await tab.verify(settings), 'with space again');
      tally.runs++;
      tally.acknowledged += ledger.acknowledged;
      tally.note(
        `of at most ${load.mostEntries} entries ${full.found.entries} were left, ${full.found.bytes} bytes; ` +
          `${refusalsOf(load)} writes were refused`,
      );
    } finally {
      await profile.close();
    }
  },
};

function refusalsOf({ tierErrors }: Progress): number {
  return tierErrors['set STORAGE_FAILED QuotaExceededError'] ?? 0;
}
