import type { Selector } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcrossTabs } from '../../src/tabs/acrossTabs.js';
import { failure } from '../support/failure.js';
import { FakeOrigin, FakeWire } from '../support/fakeOrigin.js';
import { call, GatedComputation, openTabs } from '../support/fakeTabs.js';

const never = new Promise<never>(() => {});
/** Until everything that was on its way has arrived: each message and grant is a task. */
const quiet = async () => {
  for (let task = 0; task < 20; task++) await new Promise((resolve) => setImmediate(resolve));
};

/** Each call begins in another ms, as dear computations do. */
beforeEach(() => {
  let time = 1_000;
  vi.spyOn(Date, 'now').mockImplementation(() => ++time);
});
afterEach(() => void vi.restoreAllMocks());

describe('what tabs compute at the same time', () => {
  it('one of them computes, and all get it', async () => {
    const tabs = openTabs(new FakeOrigin(), 3);
    const computation = new GatedComputation();
    const options = call({ compute: computation.compute });
    const asked = [...tabs, ...tabs].map(({ across }) => across.computeOnce('k', options));
    await computation.called();
    await quiet();
    computation.give('x');
    const answers = await Promise.all(asked);
    expect(answers.map(({ value }) => value)).toEqual(Array(6).fill('x'));
    expect(answers.filter(({ isShared }) => !isShared)).toHaveLength(1);
    expect(computation.calls).toBe(1);
  });

  it('the others have the answer before the turn, also where messages take longer than locks', async () => {
    const tasks = (count: number, run: () => void): void =>
      void setImmediate(() => (count > 1 ? tasks(count - 1, run) : run()));
    const origin = new FakeOrigin((what, run) => tasks(what.startsWith('message') ? 5 : 1, run));
    const tabs = openTabs(origin, 3);
    const computation = new GatedComputation();
    const options = call({ compute: computation.compute });
    const asked = tabs.map(({ across }) => across.computeOnce('k', options));
    await computation.called();
    await quiet();
    computation.give('x');
    await Promise.all(asked);
    expect(computation.calls).toBe(1);
  });

  it('other keys do not wait', async () => {
    const [one, other] = openTabs(new FakeOrigin(), 2);
    const computation = new GatedComputation();
    const first = one!.across.computeOnce('a', call({ compute: computation.compute }));
    await computation.called();
    expect(await other!.across.computeOnce('b', call({}))).toEqual({ value: 'computed', isShared: false });
    computation.give('x');
    await first;
  });

  it('whoever comes between the answer and its being stored finds it stored', async () => {
    const origin = new FakeOrigin();
    const [one, other] = openTabs(origin, 2);
    let store!: () => void;
    const settled = new Promise<void>((resolve) => {
      store = resolve;
    });
    let stored: string | undefined;
    // The caller does not wait for it.
    await one!.across.computeOnce('k', call({ compute: async () => ({ value: 'x', settled }) }));
    const compute = vi.fn(call({}).compute);
    const late = other!.across.computeOnce('k', call({ lookAgain: () => stored, compute }));
    await quiet();
    expect(compute).not.toHaveBeenCalled();
    stored = 'x';
    store();
    expect(await late).toEqual({ value: 'x', isShared: true });
    await quiet();
    expect(origin.lockNames).toEqual([]);
  });

  it.each([
    ['is never stored', () => never],
    ['fails to be stored', () => Promise.reject(new Error('quota'))],
  ])('an answer that %s holds up nobody for more than 2 s', async (_, store) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const origin = new FakeOrigin();
    const [one] = openTabs(origin, 1);
    await one!.across.computeOnce('k', call({ compute: async () => ({ value: 'x', settled: store() }) }));
    await quiet();
    await vi.advanceTimersByTimeAsync(2_000);
    await quiet();
    expect(origin.lockNames).toEqual([]);
    vi.useRealTimers();
  });

  it('a failure is the failure of who computed; the next one tries', async () => {
    const [one, other] = openTabs(new FakeOrigin(), 2);
    const computation = new GatedComputation();
    const first = failure(one!.across.computeOnce('k', call({ compute: computation.compute })));
    await computation.called();
    const second = other!.across.computeOnce('k', call({}));
    await quiet();
    const error = new Error('no');
    computation.fail(error);
    expect(await first).toBe(error);
    expect(await second).toEqual({ value: 'computed', isShared: false });
  });

  it('a tab that dies is followed by another, which all others hear', async () => {
    const [dying, ...others] = openTabs(new FakeOrigin(), 3);
    const lost = new GatedComputation();
    void dying!.across.computeOnce('k', call({ compute: lost.compute }));
    await lost.called();
    const computation = new GatedComputation();
    const asked = others.map(({ across }) => across.computeOnce('k', call({ compute: computation.compute })));
    await quiet();
    dying!.tab.die();
    await computation.called();
    await quiet();
    computation.give('x');
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(['x', 'x']);
    expect(computation.calls).toBe(1);
  });

  it('an answer that is not accepted, or that the check throws at, is none', async () => {
    const tabs = openTabs(new FakeOrigin(), 3);
    const computation = new GatedComputation();
    const first = tabs[0]!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    const accept = vi.fn(() => undefined);
    const refusing = tabs[1]!.across.computeOnce('k', call({ accept }));
    const throwing = tabs[2]!.across.computeOnce(
      'k',
      call({
        accept: () => {
          throw new Error('no');
        },
      }),
    );
    await quiet();
    computation.give('x');
    await first;
    expect(await refusing).toEqual({ value: 'computed', isShared: false });
    expect(await throwing).toEqual({ value: 'computed', isShared: false });
    expect(accept).toHaveBeenCalledWith('x');
  });

  it('what cannot be cloned is given to its caller all the same', async () => {
    const [one] = openTabs(new FakeOrigin(), 1);
    const value = (() => 'x') as unknown as string;
    const compute = async () => ({ value, settled: Promise.resolve() });
    expect((await one!.across.computeOnce('k', call({ compute }))).value).toBe(value);
  });

  it('looking again that fails is as if nothing was found', async () => {
    const [one] = openTabs(new FakeOrigin(), 1);
    const lookAgain = () => Promise.reject(new Error('no'));
    expect((await one!.across.computeOnce('k', call({ lookAgain }))).isShared).toBe(false);
  });
});

describe('a caller that leaves', () => {
  it('before it asked, asks nothing', async () => {
    const [one] = openTabs(new FakeOrigin(), 1);
    const compute = vi.fn();
    const reason = new Error('left');
    expect(
      await failure(one!.across.computeOnce('k', call({ signal: AbortSignal.abort(reason), compute }))),
    ).toBe(reason);
    expect(compute).not.toHaveBeenCalled();
  });

  it('while it waits, leaves the queue', async () => {
    const origin = new FakeOrigin();
    const [one, other] = openTabs(origin, 2);
    const computation = new GatedComputation();
    const first = one!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    const controller = new AbortController();
    const compute = vi.fn();
    const leaving = failure(other!.across.computeOnce('k', call({ signal: controller.signal, compute })));
    await quiet();
    const reason = new Error('left');
    controller.abort(reason);
    expect(await leaving).toBe(reason);
    computation.give('x');
    await first;
    await quiet();
    expect(compute).not.toHaveBeenCalled();
    expect(origin.lockNames).toEqual([]);
  });

  it('while it computes, stops that and lets another take over, even if the computation does not stop', async () => {
    const [one, other] = openTabs(new FakeOrigin(), 2);
    const computation = new GatedComputation();
    const controller = new AbortController();
    const { signal } = controller;
    const leaving = failure(one!.across.computeOnce('k', call({ signal, compute: computation.compute })));
    await computation.called();
    const staying = other!.across.computeOnce('k', call({}));
    await quiet();
    const reason = new Error('left');
    controller.abort(reason);
    expect(await leaving).toBe(reason);
    expect(computation.signal!.aborted).toBe(true);
    expect(await staying).toEqual({ value: 'computed', isShared: false });
  });

  it('while it looks again, lets another take over', async () => {
    const [one, other] = openTabs(new FakeOrigin(), 2);
    const controller = new AbortController();
    const lookAgain = vi.fn(() => never);
    const leaving = failure(one!.across.computeOnce('k', call({ signal: controller.signal, lookAgain })));
    await vi.waitFor(() => expect(lookAgain).toHaveBeenCalled());
    const staying = other!.across.computeOnce('k', call({}));
    controller.abort(new Error('left'));
    await leaving;
    expect((await staying).value).toBe('computed');
  });
});

describe('a wait that is too long', () => {
  it('ends with computing it oneself, which the others hear of', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const origin = new FakeOrigin();
    const [hanging] = openTabs(origin, 1);
    const [impatient] = openTabs(origin, 1, 50);
    const [patient] = openTabs(origin, 1);
    const hung = new GatedComputation();
    void hanging!.across.computeOnce('k', call({ compute: hung.compute }));
    await hung.called();
    const first = impatient!.across.computeOnce('k', call({}));
    const second = patient!.across.computeOnce('k', call({ compute: () => never }));
    await quiet();
    await vi.advanceTimersByTimeAsync(50);
    expect(await first).toEqual({ value: 'computed', isShared: false });
    expect(await second).toEqual({ value: 'computed', isShared: true });
    vi.useRealTimers();
  });

  it('may be without end', async () => {
    const [one] = openTabs(new FakeOrigin(), 1, Number.POSITIVE_INFINITY);
    expect((await one!.across.computeOnce('k', call({}))).value).toBe('computed');
  });
});

describe('an invalidation', () => {
  it('is heard by the other tabs, not by the one that made it', async () => {
    const tabs = openTabs(new FakeOrigin(), 3);
    await vi.waitFor(() => expect(tabs.every(({ tab }) => tab.isListening)).toBe(true));
    const selector = { model: 'm', tags: ['t'] };
    tabs[0]!.across.invalidated(selector);
    await vi.waitFor(() => expect(tabs.map(({ heard }) => heard)).toEqual([[], [selector], [selector]]));
  });

  it.each(['the tab that computes', 'the tab that waits', 'a third tab'])(
    'in %s keeps what was begun before from the one that waits',
    async (who) => {
      const [computing, waiting, third] = openTabs(new FakeOrigin(), 3);
      const computation = new GatedComputation();
      const first = computing!.across.computeOnce('k', call({ compute: computation.compute }));
      await computation.called();
      const second = waiting!.across.computeOnce('k', call({}));
      await quiet();
      const where = { 'the tab that computes': computing, 'the tab that waits': waiting }[who] ?? third;
      where!.across.invalidated({ all: true });
      computation.give('outdated');
      expect(await first).toEqual({ value: 'outdated', isShared: false });
      expect(await second).toEqual({ value: 'computed', isShared: false });
    },
  );

  it('keeps it from one that asks only after it, of a tab that does not know of it yet', async () => {
    const [computing, asking] = openTabs(new FakeOrigin(), 2);
    const computation = new GatedComputation();
    const first = computing!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    // Lost on its way, say.
    const post = vi.spyOn(FakeWire.prototype, 'postMessage');
    post.mockImplementationOnce(() => {});
    asking!.across.invalidated({ all: true });
    post.mockRestore();
    const second = asking!.across.computeOnce('k', call({}));
    await quiet();
    computation.give('outdated');
    await first;
    expect(await second).toEqual({ value: 'computed', isShared: false });
  });

  it('keeps it from one that does not know of it, if the tab that computes does', async () => {
    const [computing, waiting] = openTabs(new FakeOrigin(), 2);
    const computation = new GatedComputation();
    const first = computing!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    const second = waiting!.across.computeOnce('k', call({}));
    await quiet();
    const post = vi.spyOn(FakeWire.prototype, 'postMessage');
    post.mockImplementationOnce(() => {});
    computing!.across.invalidated({ all: true });
    post.mockRestore();
    computation.give('outdated');
    await first;
    expect(await second).toEqual({ value: 'computed', isShared: false });
    expect(waiting!.heard).toEqual([]);
  });

  it('does not keep what is begun after it', async () => {
    const [computing, waiting] = openTabs(new FakeOrigin(), 2);
    const first = new GatedComputation();
    const second = new GatedComputation();
    const outdated = computing!.across.computeOnce('k', call({ compute: first.compute }));
    await first.called();
    const asked = [computing, waiting].map((each) =>
      each!.across.computeOnce('k', call({ compute: second.compute })),
    );
    await quiet();
    waiting!.across.invalidated({ all: true });
    await quiet();
    first.give('outdated');
    await outdated;
    await second.called();
    second.give('new');
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual(['new', 'new']);
    expect(second.calls).toBe(1);
  });

  it('keeps an answer that was heard while looking again from being used', async () => {
    const origin = new FakeOrigin();
    const [hanging] = openTabs(origin, 1);
    const [looking] = openTabs(origin, 1, 0);
    const computation = new GatedComputation();
    const hung = hanging!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    let found!: (value: undefined) => void;
    const lookAgain = vi.fn(() => Promise.resolve(undefined));
    lookAgain.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          found = resolve;
        }),
    );
    const accept = vi.fn((value: unknown) => value as string);
    const asked = looking!.across.computeOnce('k', call({ lookAgain, accept }));
    await vi.waitFor(() => expect(lookAgain).toHaveBeenCalled());
    computation.give('outdated');
    await hung;
    await vi.waitFor(() => expect(accept).toHaveBeenCalledWith('outdated'));
    looking!.across.invalidated({ all: true });
    found(undefined);
    expect(await asked).toEqual({ value: 'computed', isShared: false });
    // From the start: others may have begun meanwhile.
    expect(lookAgain).toHaveBeenCalledTimes(2);
  });
});

describe('where nothing can be shared', () => {
  const alone = async (surroundings: ConstructorParameters<typeof AcrossTabs>[1]) => {
    const across = new AcrossTabs({ name: 'm', onInvalidated: () => {}, onMissed: () => {} }, surroundings);
    expect(await across.computeOnce('k', call({}))).toEqual({ value: 'computed', isShared: false });
    across.invalidated({ all: true });
    const error = new Error('no');
    expect(await failure(across.computeOnce('k', call({ compute: () => Promise.reject(error) })))).toBe(
      error,
    );
    across.close();
    expect(await across.computeOnce('k', call({}))).toEqual({ value: 'computed', isShared: false });
  };
  const refuse = (): never => {
    throw new DOMException('refused', 'SecurityError');
  };

  it('no locks: in insecure contexts', async () => {
    const tab = new FakeOrigin().openTab();
    await alone({ locks: undefined, openWire: (name) => tab.openWire(name) });
  });

  it('locks that refuse', async () => {
    const tab = new FakeOrigin().openTab();
    const locks = { request: async () => refuse() };
    await alone({ locks, openWire: (name) => tab.openWire(name) });
    await alone({ locks: { request: refuse }, openWire: (name) => tab.openWire(name) });
    await alone({
      get locks() {
        return refuse();
      },
      openWire: (name) => tab.openWire(name),
    });
  });

  it('channels that refuse, to be opened or to send', async () => {
    const origin = new FakeOrigin();
    await alone({ locks: origin.openTab().locks, openWire: refuse });
    const wire = { onmessage: null, postMessage: refuse, close: () => {} };
    await alone({ locks: origin.openTab().locks, openWire: () => wire });
    await quiet();
    expect(origin.lockNames).toEqual([]);
  });

  it('in Node 20, by the globals', async () => {
    expect(AcrossTabs.isSupported()).toBe('locks' in (globalThis.navigator ?? {}));
    await alone(undefined);
  });
});

describe('in Node', () => {
  const open = (onInvalidated: (selector: Selector) => void) =>
    new AcrossTabs({ name: 'in Node', onInvalidated, onMissed: () => {} });

  it('keeps no process from ending', async () => {
    const keeping = () => process.getActiveResourcesInfo().filter((what) => what === 'MessagePort').length;
    const before = keeping();
    const heard = vi.fn();
    const [one, other] = [open(() => {}), open(heard)];
    await vi.waitFor(() => {
      one.invalidated({ all: true });
      expect(heard).toHaveBeenCalled();
    });
    expect(keeping()).toBe(before);
    one.close();
    other.close();
  });

  it('threads hear of invalidations, also of one that was made when closed', async () => {
    const heard = vi.fn();
    const [one, other] = [open(() => {}), open(heard)];
    one.close();
    const selector = { model: 'm' };
    await vi.waitFor(() => {
      one.invalidated(selector);
      expect(heard).toHaveBeenCalledWith(selector);
    });
    other.close();
  });
});

describe('closing', () => {
  it('lets who waits go on alone, and holds nothing', async () => {
    const origin = new FakeOrigin();
    const [one, other] = openTabs(origin, 2);
    const computation = new GatedComputation();
    const first = one!.across.computeOnce('k', call({ compute: computation.compute }));
    await computation.called();
    const second = other!.across.computeOnce('k', call({}));
    await quiet();
    other!.across.close();
    expect(await second).toEqual({ value: 'computed', isShared: false });
    one!.across.close();
    await quiet();
    expect(origin.lockNames).toEqual([]);
    expect(origin.wires.size).toBe(0);
    computation.give('x');
    expect((await first).value).toBe('x');
  });
});
