import { describe, expect, it, vi } from 'vitest';
import { faults } from '../faults/faults.js';
import type { Progress, Verification } from '../faults/page/messages.js';
import { shortPlan } from '../faults/scenario.js';
import { Ledger } from '../faults/support/ledger.js';
import { remarksOf, tableOf } from '../faults/support/report.js';
import { runScenario } from '../faults/support/runScenario.js';
import { Tally } from '../faults/support/tally.js';

const fine: Progress = {
  answers: 10,
  wrong: 0,
  failed: 0,
  hits: 5,
  mostEntries: 5,
  slowest: { what: 'predict', time: 3_000 },
  unsettled: [],
  tierErrors: { 'get STORAGE_FAILED': 2 },
};
const right: Verification = {
  progress: fine,
  usage: { entries: 3, bytes: 1_500 },
  found: { entries: 3, bytes: 1_500 },
  lost: [],
};
const site = { url: 'http://127.0.0.1', close: async () => {} };

describe('the tally of a scenario', () => {
  it('takes tier errors for what they are, as long as answers are right and in time', () => {
    const tally = new Tally();
    tally.add(fine, 'once');
    tally.verified(right, 'at the end');
    expect(tally.violations).toEqual([]);
    expect(tally).toMatchObject({ answers: 20, slowest: { time: 3_000 } });
    expect(tally.tierErrors).toBe('get STORAGE_FAILED ×4');
  });

  it.each<{ what: string; progress: Partial<Progress>; said: string }>([
    {
      what: 'a wrong answer',
      progress: { wrong: 1, complaint: 'entry 7 is wrong' },
      said: 'entry 7 is wrong',
    },
    { what: 'a failure', progress: { failed: 1, complaint: 'predict rejected' }, said: 'predict rejected' },
    {
      what: 'one that took longer than 3 s',
      progress: { slowest: { what: 'usage', time: 3_001 } },
      said: 'usage, 3001 ms',
    },
    {
      what: 'one that never settled',
      progress: { unsettled: [{ what: 'setMany', time: 10_001 }] },
      said: 'setMany, 10001 ms',
    },
  ])('finds $what', ({ progress, said }) => {
    const tally = new Tally();
    tally.add({ ...fine, ...progress }, 'under load');
    expect(tally.violations).toEqual([expect.stringMatching(`^under load: .*${said}`)]);
  });

  it.each<{ what: string; verification: Partial<Verification>; counts: Partial<Tally> }>([
    {
      what: 'a lost entry',
      verification: { lost: [{ number: 7, key: 'a' }] },
      counts: { lost: 1, miscounted: 0 },
    },
    {
      what: 'a wrong number of entries',
      verification: { usage: { entries: 4, bytes: 1_500 } },
      counts: { lost: 0, miscounted: 1 },
    },
    {
      what: 'a wrong number of bytes',
      verification: { usage: { entries: 3, bytes: 1_499 } },
      counts: { lost: 0, miscounted: 1 },
    },
  ])('finds $what', ({ verification, counts }) => {
    const tally = new Tally();
    tally.verified({ ...right, ...verification }, 'at the end');
    expect(tally.violations).toHaveLength(1);
    expect(tally).toMatchObject(counts);
  });
});

describe('the ledger', () => {
  it('owes what was acknowledged, but for what was evicted or forgiven', () => {
    const ledger = new Ledger();
    expect([ledger.grant(), ledger.grant(), ledger.upTo]).toEqual([0, 500, 1_000]);
    ledger.hear({ type: 'acknowledged', numbers: [1, 2], epoch: 0 });
    ledger.hear({ type: 'evicted', keys: ['a'] });
    expect(ledger.owed).toEqual([1, 2]);
    expect(ledger.wasEvicted({ number: 1, key: 'a' })).toBe(true);
    expect(ledger.wasEvicted({ number: 2, key: 'b' })).toBe(false);
    ledger.forgive();
    ledger.hear({ type: 'acknowledged', numbers: [3], epoch: 0 });
    ledger.hear({ type: 'acknowledged', numbers: [4], epoch: 1 });
    expect(ledger.owed).toEqual([4]);
  });
});

describe('a scenario', () => {
  it('that cannot go on, or in which nothing was answered, is violated', async () => {
    const failing = { name: 'x', run: () => Promise.reject(new Error('no browser')) };
    const idle = { name: 'y', run: async () => {} };
    const violations = [];
    for (const scenario of [failing, idle]) {
      const outcome = await runScenario(scenario, { site, plan: shortPlan, seed: 1 });
      violations.push('tally' in outcome && outcome.tally.violations);
    }
    expect(violations).toEqual([
      [expect.stringMatching(/could not go on .*: no browser/s)],
      ['nothing was answered'],
    ]);
  });

  it('that this machine cannot run is reported with the reason', async () => {
    const run = vi.fn();
    const outcome = await runScenario(
      { name: 'x', skipped: async () => 'no disk to fill', run },
      { site, plan: shortPlan, seed: 1 },
    );
    expect(run).not.toHaveBeenCalled();
    expect(remarksOf(outcome)).toEqual(['skipped: no disk to fill']);
    expect(tableOf(new Map([['x', outcome]]))).toMatch(/^x +skipped/m);
  });
});

it('npm run faults says what there is, and ends with 2, when asked for what there is not', async () => {
  const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
  const prepareBrowser = vi.fn(async () => {});
  for (const args of [['nothing'], ['--seed', 'x'], ['--fast']])
    expect(await faults(args, prepareBrowser)).toBe(2);
  expect(complain).toHaveBeenCalledTimes(3);
  expect(complain).toHaveBeenCalledWith(expect.stringContaining('"disk full"'));
  expect(prepareBrowser).not.toHaveBeenCalled();
  complain.mockRestore();
});
