import { until } from '../../support/until.js';
import type { Ledger } from './ledger.js';
import type { Tab } from './tab.js';
import type { Tally } from './tally.js';

/** Stores a row without the library, as soon as the browser does that: after a full disk it may take a minute. */
export async function mark(tab: Pick<Tab, 'mark'>, name: string): Promise<void> {
  await until(
    `the browser stores the row "${name}"`,
    async () => (await tab.mark(name)) === 'stored',
    120_000,
  );
}

/**
 * Looks for such a row. Where it is gone, the browser has emptied the site's storage or a part of it by itself, as
 * Chromium does when it comes upon a log that it had written on after a cut: nothing that was stored by then is owed any
 * longer.
 *
 * @returns whether it is there
 */
export async function isKept(
  { tab, ledger, tally }: { tab: Pick<Tab, 'isMarked'>; ledger: Ledger; tally: Tally },
  name: string,
  when: string,
): Promise<boolean> {
  if (await tab.isMarked(name)) return true;
  tally.emptied++;
  tally.note(
    `emptied by the browser ${when}: a row stored without the library is gone, and ${ledger.acknowledged} entries may be`,
  );
  ledger.forgive();
  return false;
}
