import { PredcacheError } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../src/deadline.js';

const late = () => new PredcacheError({ code: 'STORAGE_TIMEOUT', what: 'late', where: 'here', hint: 'none' });

describe('Deadline', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends what takes too long, all of it, and what is asked of it later', async () => {
    const deadline = new Deadline(100, late);
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

  it('passes on what comes in time, and leaves no timer behind', async () => {
    const deadline = new Deadline(100, late);
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(new Error('own')))).rejects.toThrow('own');
    deadline.clear();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(deadline.isOver).toBe(false);
  });
});
