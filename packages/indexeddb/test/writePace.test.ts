import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WritePace } from '../src/writePace.js';

/** Whether a write has its turn already; microtasks are let run first. */
async function hasTurn(turn: Promise<void>): Promise<boolean> {
  let isOver = false;
  void turn.then(() => {
    isOver = true;
  });
  for (let count = 0; count < 5; count++) await Promise.resolve();
  return isOver;
}

describe('WritePace', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('lets a write go at once that comes alone, or where nobody looks anything up', async () => {
    const pace = new WritePace(30);
    expect(await hasTurn(pace.turn())).toBe(true);
    pace.wrote();
    expect(await hasTurn(pace.turn())).toBe(true);
    pace.lookedUp();
    vi.advanceTimersByTime(30);
    expect(await hasTurn(pace.turn())).toBe(true);
  });

  it('holds a write back, while look-ups are going on, until the time since the last one is over', async () => {
    const pace = new WritePace(30);
    pace.wrote();
    vi.advanceTimersByTime(10);
    pace.lookedUp();
    const turn = pace.turn();
    expect(await hasTurn(turn)).toBe(false);
    vi.advanceTimersByTime(19);
    expect(await hasTurn(turn)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await hasTurn(turn)).toBe(true);
  });

  it('lets it go earlier when hurried, and leaves no timer behind', async () => {
    const pace = new WritePace(30);
    pace.wrote();
    pace.lookedUp();
    const turn = pace.turn();
    pace.hurry();
    expect(await hasTurn(turn)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    pace.hurry();
  });

  it('does not wait in a hidden page', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' });
    const pace = new WritePace(30);
    pace.wrote();
    pace.lookedUp();
    expect(await hasTurn(pace.turn())).toBe(true);
    vi.unstubAllGlobals();
  });
});
