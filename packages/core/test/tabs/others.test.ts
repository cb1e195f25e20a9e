import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Others } from '../../src/tabs/others.js';

describe('whether there are other tabs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Tabs that hear each other at once, from when they come. */
  function opener(): () => Others {
    const all: Others[] = [];
    return () => {
      const tab: Others = new Others(({ is }) => {
        for (const other of all) if (other !== tab) other.hear({ tab: String(all.indexOf(tab)), is });
      });
      all.push(tab);
      return tab;
    };
  }

  it('is known after a while only, and at once when one says so', () => {
    const open = opener();
    const one = open();
    expect(one.areNone).toBe(false);
    one.ask();
    vi.advanceTimersByTime(150);
    expect(one.areNone).toBe(false);
    vi.advanceTimersByTime(100);
    expect(one.areNone).toBe(true);
    const other = open();
    other.ask();
    expect([one.areNone, other.areNone]).toEqual([false, false]);
    vi.advanceTimersByTime(1000);
    expect([one.areNone, other.areNone]).toEqual([false, false]);
  });

  it('is forgotten by those who hear that one goes, and by the one that goes', () => {
    const open = opener();
    const [one, other] = [open(), open()];
    for (const tab of [one, other]) tab.ask();
    vi.advanceTimersByTime(1000);
    other.leave();
    expect([one.areNone, other.areNone]).toEqual([true, false]);
    other.ask();
    vi.advanceTimersByTime(1000);
    expect([one.areNone, other.areNone]).toEqual([false, false]);
  });
});
