import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { makeProfileFolder, openProfile, removeProfileFolder } from '../../support/browser.js';
import { until } from '../../support/until.js';
import type { Scenario, Surroundings } from '../scenario.js';
import { isKept, mark } from '../support/kept.js';
import { Ledger } from '../support/ledger.js';
import { isLogTorn, tearLog } from '../support/levelDB.js';
import { OriginServer } from '../support/originServer.js';
import type { Tally } from '../support/tally.js';
import { WriteBackTab } from '../support/writeBackTab.js';

const longestLoad = 1_500;
const keys = 20;
/** Numbers that one run may put. */
const numbersOfRun = 1_000_000;
const named = 5;

/** The browser is killed again and again while it puts writes into an outbox and delivers them to an origin that fails now and then. */
export const writeBack: Scenario = {
  name: 'browser killed (-9) amid writeBack',
  run: (surroundings) => killAgainAndAgain(surroundings, false),
};

/**
 * The same with every kill at the wrong moment, so that the log ends amid a record, of which the browser would make that it
 * empties the storage the next time but one.
 */
export const writeBackWithTornLog: Scenario = {
  name: 'browser killed (-9) amid writeBack, log torn each time',
  run: (surroundings) => killAgainAndAgain(surroundings, true),
};

async function killAgainAndAgain(surroundings: Surroundings, isTorn: boolean): Promise<void> {
  const { plan, random, tally } = surroundings;
  const folder = await makeProfileFolder();
  const origin = await OriginServer.start(random);
  const ledger = new Ledger();
  const forgiven: number[] = [];
  const common = { folder, origin, ledger, forgiven, torn: { isWanted: isTorn } };
  try {
    for (let run = 0; run < plan.kills; run++) await putAndKill(surroundings, { ...common, run });
    origin.recover();
    await deliverTheRest(surroundings, { ...common, run: plan.kills });
    check(origin, ledger, forgiven, tally);
    if (isTorn && forgiven.length > 0) tally.violated('the log that was torn was written on');
  } finally {
    await origin.close();
    await removeProfileFolder(folder);
  }
}

interface Run {
  readonly folder: string;
  readonly origin: OriginServer;
  readonly ledger: Ledger;
  readonly run: number;
  /** Whether the log is to be torn after each kill, and which one was. */
  readonly torn: { readonly isWanted: boolean; file?: string };
  /** Numbers that were acknowledged before the browser emptied the site's storage. */
  readonly forgiven: number[];
}

async function putAndKill({ site, plan, random, tally }: Surroundings, of: Run): Promise<void> {
  const { folder, origin, ledger, run, torn } = of;
  const profile = await openProfile({ folder });
  try {
    const tab = await WriteBackTab.open(profile.context, { site, ledger, settings: settingsOf(of) });
    if (run > 0) await lookForEmptying(tab, tally, of, `at the opening after kill ${run}`);
    await mark(tab, `run ${run}`);
    // Before anything is put: after 4 MB of it, it would be left behind anyway.
    if (torn.file !== undefined) {
      const { file } = torn;
      await until('the browser has left the torn log behind', () => !existsSync(file));
    }
    const before = origin.taken.length;
    await tab.start(50);
    // The first run has to deliver; later ones may be killed before they do.
    await until('something is delivered', () => run > 0 || origin.taken.length > before);
    const moment = Math.floor(random() * longestLoad);
    await pause(moment);
    await profile.kill();
    tally.runs++;
    if (torn.isWanted) torn.file = await tearLog(folder);
    else if (await isLogTorn(folder)) tally.note(`log torn by kill ${run + 1}`);
    if (tab.progress !== undefined) tally.add(tab.progress, `before kill ${run + 1} of ${plan.kills}`);
  } finally {
    await profile.close();
  }
}

/** What was left is delivered without anything being put. */
async function deliverTheRest({ site, tally }: Surroundings, of: Run): Promise<void> {
  const { folder, ledger } = of;
  const profile = await openProfile({ folder });
  try {
    const tab = await WriteBackTab.open(profile.context, { site, ledger, settings: settingsOf(of) });
    await lookForEmptying(tab, tally, of, 'at the last opening');
    tally.note(`${(await tab.stats()).waiting} writes waited when the last browser was opened`);
    const started = performance.now();
    await until('everything is delivered', async () => (await tab.flush()).left === 0, 120_000);
    tally.note(`they were delivered in ${Math.round((performance.now() - started) / 100) / 10} s`);
    const { waiting, bytes } = await tab.stats();
    if (waiting !== 0 || bytes !== 0) {
      tally.miscounted++;
      tally.violated(`with nothing left, stats() gives ${waiting} writes of ${bytes} bytes`);
    }
    tally.add(await tab.now(), 'in the last run');
  } finally {
    await profile.close();
  }
}

/** What the browser has thrown away no page can have kept: it is counted apart. */
async function lookForEmptying(
  tab: WriteBackTab,
  tally: Tally,
  { ledger, run, forgiven }: Run,
  when: string,
): Promise<void> {
  const { owed } = ledger;
  if (!(await isKept({ tab, ledger, tally }, `run ${run - 1}`, when))) forgiven.push(...owed);
}

function settingsOf({ origin, run }: Run) {
  return { origin: origin.url, from: run * numbersOfRun, keys, timeout: 300 };
}

/** Compares what the origin has with what was acknowledged. */
function check(origin: OriginServer, ledger: Ledger, forgiven: readonly number[], tally: Tally): void {
  const { taken, refused, repeated, outcomes } = origin;
  const numbers = new Set(taken.map(({ number }) => number));
  const isMissing = (number: number) => !numbers.has(number) && !refused.has(number);
  const lost = ledger.owed.filter(isMissing);
  if (forgiven.length > 0)
    tally.note(
      `${forgiven.filter(isMissing).length} acknowledged writes went when the browser emptied the storage`,
    );
  tally.acknowledged += ledger.acknowledged;
  tally.lost += lost.length;
  if (lost.length > 0) {
    const first = lost.slice(0, named).join(', ');
    tally.violated(`${lost.length} acknowledged writes never reached the origin, numbers ${first} first`);
  }
  if (numbers.size !== taken.length)
    tally.violated(`${taken.length - numbers.size} writes came with another idempotency key as well`);
  const last = new Map<string, number>();
  for (const { key, number } of taken) {
    const before = last.get(key) ?? -1;
    if (number < before) tally.violated(`key ${Number.parseInt(key, 16)}: ${number} came after ${before}`);
    last.set(key, Math.max(before, number));
  }
  tally.note(
    `the origin has ${taken.length} writes, refused ${refused.size}, and was sent ${repeated} once more`,
  );
  const said = Object.entries(outcomes).map(([outcome, times]) => `${outcome} ×${times}`);
  tally.note(`calls of the origin: ${said.join(', ')}`);
}
