import { makeProfileFolder, openProfile, type Profile, removeProfileFolder } from '../../support/browser.js';
import type { Scenario, Surroundings } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { isKept, mark } from '../support/kept.js';
import { Ledger } from '../support/ledger.js';
import { type Damage, garbageInLog, manifestRemoved, truncatedLog } from '../support/levelDB.js';
import { Tab } from '../support/tab.js';

export const logWithGarbage: Scenario = {
  name: 'LevelDB log with garbage',
  run: (surroundings) => damageAgainAndAgain(surroundings, garbageInLog),
};

export const logTruncated: Scenario = {
  name: 'LevelDB log truncated',
  run: (surroundings) => damageAgainAndAgain(surroundings, truncatedLog),
};

export const manifestGone: Scenario = {
  name: 'LevelDB MANIFEST removed',
  run: (surroundings) => damageAgainAndAgain(surroundings, manifestRemoved),
};

/** Between two runs of the browser, its files are damaged. What is gone then is gone; all else must be right. */
async function damageAgainAndAgain(surroundings: Surroundings, damage: Damage): Promise<void> {
  for (let run = 0; run < surroundings.plan.damages; run++) {
    const folder = await makeProfileFolder();
    try {
      await damageOnce(surroundings, folder, damage, run);
    } finally {
      await removeProfileFolder(folder);
    }
  }
}

async function damageOnce(
  { site, random, tally }: Surroundings,
  folder: string,
  damage: Damage,
  run: number,
): Promise<void> {
  const settings = unbounded(run);
  const inTab = async (ledger: Ledger, use: (tab: Tab, profile: Profile) => Promise<void>) => {
    const profile = await openProfile({ folder });
    try {
      await use(await Tab.open(profile.context, site, ledger), profile);
    } finally {
      await profile.close();
    }
  };

  const before = new Ledger();
  await inTab(before, async (tab, profile) => {
    await tab.start(settings);
    await tab.goesOn({ answers: 100, acknowledged: 400 });
    tally.add(tab.progress, `before damage ${run + 1}`);
    // The log looks different after either.
    if (run % 2 === 0) await profile.kill();
  });

  const what = await damage(folder, random);
  const when = `damage ${run + 1} (${what})`;
  // Nothing is owed of what was written before.
  const after = new Ledger();
  while (after.upTo < before.upTo) after.grant();
  await inTab(after, async (tab) => {
    const opened = await tab.verify(settings);
    tally.verified(opened, `right after ${when}`);
    tally.note(`${what}: ${opened.found.entries} of ${before.acknowledged} entries left`);
    await tab.start(settings);
    const outcome = await tab.mark('after');
    if (outcome !== 'stored') {
      tally.note(`the browser itself opens no database (${outcome}) until the user clears the site's data`);
      await tab.goesOn({ answers: 500 });
      await tab.clearStorage();
      await mark(tab, 'after');
    }
    await tab.goesOn({ answers: 200, acknowledged: 200 });
    tally.add(await tab.end(), `later after ${when}`);
    await isKept({ tab, ledger: after, tally }, 'after', 'when it opened the database again');
    tally.verified(await tab.verify(settings), `later after ${when}`);
    tally.acknowledged += after.acknowledged;
  });

  await inTab(after, async (tab) => {
    await isKept({ tab, ledger: after, tally }, 'after', 'in the next run');
    tally.verified(await tab.verify(settings), `in the next run after ${when}`);
  });
  tally.runs++;
}
