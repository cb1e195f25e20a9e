import { PredcacheError } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from '../src/alarm.js';
import { Deadline } from '../src/deadline.js';

const late = () => new PredcacheError({ code: 'STORAGE_TIMEOUT', what: 'late', where: 'here', hint: 'none' });

describe('Deadline', () => {
  let alarm: Alarm;

  beforeEach(() => {
    vi.useFakeTimers();
    alarm = new Alarm();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends what takes too long, all of it, and what is asked of it later', async () => {
    const deadline = new Deadline(alarm, 100, late);
    const ends = [deadline.race(new Promise(() => {})), deadline.race(new Promise(() => {}))].map((race) =>
      race.catch((error: PredcacheError) => error.code),
    );
    vi.advanceTimersByTime(99);
    expect(deadline.isOver).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.isOver).toBe(true);
    expect(await Promise.all(ends)).toEqual(['STORAGE_TIMEOUT', 'STORAGE_TIMEOUT']);
    await expect(deadline.race(new Promise(() => {}))).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
  });

  it('passes on what comes in time, and is not over afterwards', async () => {
    const deadline = new Deadline(alarm, 100, late);
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(new Error('own')))).rejects.toThrow('own');
    deadline.clear();
    vi.advanceTimersByTime(1_000);
    expect(deadline.isOver).toBe(false);
  });

  it('has one timer with all others, which fires once more when nothing is under way, and no more', () => {
    for (let operation = 0; operation < 1_000; operation++) {
      new Deadline(alarm, 100, late).clear();
      expect(vi.getTimerCount()).toBe(1);
    }
    vi.advanceTimersToNextTimer();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at its own time, whatever others there are', () => {
    const endsAt = new Map<Deadline, number>();
    const begin = (timeout: number) => {
      const deadline = new Deadline(alarm, timeout, late);
      endsAt.set(deadline, Date.now() + timeout);
      return deadline;
    };
    begin(100);
    begin(40);
    vi.advanceTimersByTime(30);
    begin(100);
    begin(5);
    begin(70);
    const cleared = begin(20);
    cleared.clear();
    endsAt.set(cleared, Number.POSITIVE_INFINITY);
    for (let ms = 0; ms < 200; ms++) {
      for (const [deadline, at] of endsAt) expect(deadline.isOver).toBe(Date.now() >= at);
      vi.advanceTimersByTime(1);
      if (ms === 150) begin(30);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
