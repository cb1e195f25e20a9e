import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcrossTabs } from '../../src/tabs/acrossTabs.js';
import { FakeOrigin, type FakeTab } from '../support/fakeOrigin.js';

const index = fc.nat(2);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      tab: index,
      key: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), call: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), tab: index }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('die' as const, 'close' as const), tab: index }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('go' as const), tasks: fc.integer({ min: 1, max: 8 }) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** What a computation gives: which version of the truth it began with. */
interface Value {
  readonly key: string;
  readonly version: number;
}

interface Call {
  readonly tab: SimulatedTab;
  readonly controller: AbortController;
  readonly outcome: Promise<'answered' | 'failed' | 'aborted'>;
  isSettled: boolean;
}

/** A tab, and the versions of the truth it knows of. */
interface SimulatedTab {
  readonly tab: FakeTab;
  readonly across: AcrossTabs;
  known: number;
}

let time: number;
beforeEach(() => {
  time = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => ++time);
});
afterEach(() => void vi.restoreAllMocks());

describe('three tabs whose calls, messages and locks interleave at random', () => {
  const check = async (
    scheduler: fc.Scheduler,
    steps: readonly Step[],
    failures: readonly boolean[],
    isStored: boolean,
  ) => {
    const origin = new FakeOrigin((what, run) => void scheduler.schedule(Promise.resolve(), what).then(run));
    let version = 0;
    let computations = 0;
    let shared = 0;
    const store = new Map<string, Value>();
    /** Who computes what; nobody who has left or died does. */
    const running = new Map<string, SimulatedTab>();

    const open = (): SimulatedTab => {
      const tab = origin.openTab();
      const opened: SimulatedTab = {
        tab,
        known: version,
        across: new AcrossTabs(
          {
            name: 'm',
            onInvalidated: (selector) => {
              if ('createdBefore' in selector) opened.known = Math.max(opened.known, selector.createdBefore);
            },
            onMissed: () => {},
          },
          tab,
        ),
      };
      return opened;
    };
    const tabs = [open(), open(), open()];
    const calls: Call[] = [];

    const compute = (tab: SimulatedTab, key: string) => async (signal: AbortSignal) => {
      if (tab.tab.isDead) return new Promise<never>(() => {});
      const value = { key, version };
      // What must always hold.
      expect(running.get(key)).toBeUndefined();
      running.set(key, tab);
      const end = () => {
        if (running.get(key) === tab) running.delete(key);
      };
      signal.addEventListener('abort', end);
      const fails = failures[computations++ % failures.length] === true;
      await scheduler.schedule(Promise.resolve(), `compute ${key}`);
      if (tab.tab.isDead) return new Promise<never>(() => {});
      if (signal.aborted) throw signal.reason;
      end();
      if (fails) throw new Error('failed');
      const storing = scheduler.schedule(Promise.resolve(), `store ${key}`).then(() => {
        if (isStored && value.version === version) store.set(key, value);
      });
      return { value, settled: storing };
    };

    const ask = (tab: SimulatedTab, number: number) => {
      const key = `k${number}`;
      const knownBefore = tab.known;
      const controller = new AbortController();
      const outcome = tab.across
        .computeOnce<Value>(key, {
          signal: controller.signal,
          lookAgain: async () => {
            await scheduler.schedule(Promise.resolve(), `look ${key}`);
            return tab.tab.isDead ? new Promise<never>(() => {}) : store.get(key);
          },
          accept: (heard) => heard as Value,
          compute: compute(tab, key),
        })
        .then(
          ({ value, isShared }) => {
            expect(value.key).toBe(key);
            expect(value.version).toBeGreaterThanOrEqual(knownBefore);
            if (isShared) shared++;
            return 'answered' as const;
          },
          (error: unknown) => {
            if (controller.signal.aborted) return 'aborted' as const;
            expect(error).toEqual(new Error('failed'));
            return 'failed' as const;
          },
        );
      const call: Call = { tab, controller, outcome, isSettled: false };
      const settle = () => {
        call.isSettled = true;
      };
      void outcome.then(settle, settle);
      calls.push(call);
    };

    for (const each of steps) {
      if (each.kind === 'call') ask(tabs[each.tab]!, each.key);
      else if (each.kind === 'abort') calls[each.call]?.controller.abort(new Error('left'));
      else if (each.kind === 'invalidate') {
        const tab = tabs[each.tab]!;
        version++;
        store.clear();
        tab.known = version;
        tab.across.invalidated({ model: 'm', createdBefore: version });
      } else if (each.kind === 'die') {
        const dying = tabs[each.tab]!;
        for (const [key, who] of [...running]) if (who === dying) running.delete(key);
        dying.tab.die();
        tabs[each.tab] = open();
      } else if (each.kind === 'close') {
        // Nobody who is closed shares any more, so that whoever waits there is to leave.
        for (const call of calls) if (call.tab === tabs[each.tab]) call.controller.abort(new Error('closed'));
        tabs[each.tab]!.across.close();
        tabs[each.tab] = open();
      } else if (each.kind === 'go') await scheduler.waitNext(Math.min(each.tasks, scheduler.count()));
    }
    await scheduler.waitIdle();
    const living = calls.filter(({ tab }) => !tab.tab.isDead);
    // A comparison that failed in a call is a failure of this.
    await Promise.all(living.filter(({ isSettled }) => isSettled).map(({ outcome }) => outcome));
    expect(living.filter(({ isSettled }) => !isSettled)).toEqual([]);
    for (const { across } of tabs) across.close();
    await scheduler.waitIdle();
    expect(origin.lockNames).toEqual([]);
    return { calls: calls.length, computations, shared };
  };

  it('compute each key in one tab at a time, use nothing outdated, and answer everybody', async () => {
    const sums = { calls: 0, computations: 0, shared: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.array(
          fc.nat(4).map((number) => number === 0),
          { minLength: 3, maxLength: 6 },
        ),
        fc.boolean(),
        async (scheduler, steps, failures, isStored) => {
          const { calls, computations, shared } = await check(scheduler, steps, failures, isStored);
          sums.calls += calls;
          sums.computations += computations;
          sums.shared += shared;
        },
      ),
      { numRuns: 1_000 },
    );
    // Else nothing of this was tested.
    expect(sums.computations).toBeGreaterThan(0);
    expect(sums.shared).toBeGreaterThan(sums.calls / 20);
  }, 60_000);
});
