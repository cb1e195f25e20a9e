import { setTimeout as pause } from 'node:timers/promises';
import { makeProfileFolder, openProfile, removeProfileFolder } from '../../support/browser.js';
import type { Settings } from '../page/messages.js';
import type { Scenario, Surroundings } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { isKept, mark } from '../support/kept.js';
import { Ledger } from '../support/ledger.js';
import { isLogTorn } from '../support/levelDB.js';
import { Tab } from '../support/tab.js';

const longestLoad = 1_500;

/** The browser is killed again and again, always on the same profile. */
export const killed: Scenario = {
  name: 'browser killed (-9) under writes',
  run: (surroundings) => killAgainAndAgain(surroundings, {}),
};

/** The same with a tier that is full, so that kills come amid evictions. What goes then is not for us to say. */
export const killedWhileEvicting: Scenario = {
  name: 'browser killed (-9) amid evictions',
  run: (surroundings) => killAgainAndAgain(surroundings, { maxSize: 100_000 }),
};

async function killAgainAndAgain(
  { site, plan, random, tally }: Surroundings,
  changes: Partial<Settings>,
): Promise<void> {
  const isBounded = changes.maxSize !== undefined;
  const folder = await makeProfileFolder();
  const ledger = new Ledger();
  const moments: number[] = [];
  const torn: number[] = [];
  try {
    for (let run = 0; run <= plan.kills; run++) {
      const profile = await openProfile({ folder });
      try {
        const tab = await Tab.open(profile.context, site, ledger);
        const settings = unbounded(run, changes);
        if (run > 0) {
          await isKept({ tab, ledger, tally }, `run ${run - 1}`, `at the opening after kill ${run}`);
          const verification = await tab.verify(settings);
          tally.verified(isBounded ? { ...verification, lost: [] } : verification, `after kill ${run}`);
          if (verification.usage.bytes > settings.maxSize)
            tally.violated(`after kill ${run}: ${verification.usage.bytes} bytes are more than maxSize`);
        }
        if (run === plan.kills) break;
        await mark(tab, `run ${run}`);
        await tab.start(settings);
        await tab.goesOn({ answers: 1, acknowledged: isBounded ? 300 : 1 });
        const moment = Math.floor(random() * longestLoad);
        await pause(moment);
        moments.push(moment);
        await profile.kill();
        tally.runs++;
        if (await isLogTorn(folder)) torn.push(run + 1);
        tally.add(tab.progress, `before kill ${run + 1}`);
      } finally {
        await profile.close();
      }
    }
    tally.acknowledged += ledger.acknowledged;
    tally.note(`killed ${moments.join(', ')} ms into the load`);
    if (torn.length > 0) tally.note(`kills that left a log torn: ${torn.join(', ')}`);
  } finally {
    await removeProfileFolder(folder);
  }
}
