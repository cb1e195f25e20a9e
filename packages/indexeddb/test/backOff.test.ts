import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackOff } from '../src/backOff.js';

describe('BackOff', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('pauses from the second failure in a row on: 1 s, doubling up to 60 s', () => {
    const backOff = new BackOff();
    backOff.failed();
    expect(backOff.isPaused).toBe(false);
    const pauses: number[] = [];
    for (let failure = 2; failure <= 10; failure++) {
      backOff.failed();
      const start = performance.now();
      while (backOff.isPaused) vi.advanceTimersByTime(500);
      pauses.push(performance.now() - start);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('one success ends the pause and starts the counting anew', () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 5; failure++) backOff.failed();
    expect(backOff.isPaused).toBe(true);
    backOff.succeeded();
    expect(backOff.isPaused).toBe(false);
    backOff.failed();
    expect(backOff.isPaused).toBe(false);
    backOff.failed();
    vi.advanceTimersByTime(999);
    expect(backOff.isPaused).toBe(true);
    vi.advanceTimersByTime(1);
    expect(backOff.isPaused).toBe(false);
  });
});
