import { openProfile } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Scenario, Surroundings } from '../scenario.js';
import { unbounded } from '../support/defaults.js';
import { isKept, mark } from '../support/kept.js';
import { Ledger } from '../support/ledger.js';
import { SmallDisk } from '../support/smallDisk.js';
import { Tab } from '../support/tab.js';
import type { Tally } from '../support/tally.js';

const megabytes = 256;

/** The disk has not a byte left for some time, then it has again. */
export const diskFull: Scenario = {
  name: 'disk full',
  skipped: async () => {
    try {
      await (await SmallDisk.mount(1)).unmount();
      return undefined;
    } catch (error) {
      return `no small file system can be mounted to fill: ${(error as Error).message.trim()}`;
    }
  },
  run: async (surroundings) => {
    for (let run = 0; run < surroundings.plan.diskFills; run++) {
      const disk = await SmallDisk.mount(megabytes);
      try {
        await fillOnce(surroundings, disk);
      } finally {
        await disk.unmount();
      }
    }
  },
};

async function fillOnce({ site, plan, tally }: Surroundings, disk: SmallDisk): Promise<void> {
  const folder = await disk.makeFolder('profile');
  const ledger = new Ledger();
  const settings = unbounded(1);
  let isAllKept = true;
  const first = await openProfile({ folder });
  try {
    const tab = await Tab.open(first.context, site, ledger);
    await mark(tab, 'before');
    await tab.start(settings);
    await tab.goesOn({ answers: 100, acknowledged: 200 });
    await fillFor(plan.faultTime, disk, tab, tally);
    await disk.free();
    await mark(tab, 'after');
    if (!(await isKept({ tab, ledger, tally }, 'before', 'while it was full'))) await tab.forgive();
    await tab.goesOn({ answers: 100, acknowledged: 200 });
    tally.add(await tab.end(), 'under load');
    isAllKept = await isKept({ tab, ledger, tally }, 'after', 'when it opened the database again');
    tally.verified(await tab.verify(settings), 'with space again');
    tally.acknowledged += ledger.acknowledged;
    await first.kill();
  } finally {
    await first.close();
  }

  const second = await openProfile({ folder });
  try {
    const tab = await Tab.open(second.context, site, ledger);
    if (isAllKept) await isKept({ tab, ledger, tally }, 'after', 'in the next run');
    tally.verified(await tab.verify(settings), 'in the next run');
  } finally {
    await second.close();
  }
  tally.runs++;
}

/** Takes every byte, again and again, for so many ms, and until the browser has found none. */
async function fillFor(time: number, disk: SmallDisk, tab: Tab, tally: Tally): Promise<void> {
  const refusals = new Set<string>();
  const started = performance.now();
  await until('the browser finds no space', async () => {
    await disk.fill();
    const outcome = await tab.storeMuch();
    if (outcome !== 'stored') refusals.add(outcome);
    await tab.goesOn({ answers: 50 });
    return refusals.size > 0 && performance.now() - started > time;
  });
  for (const refusal of refusals) tally.note(`100 kB stored without the library: ${refusal}`);
}
