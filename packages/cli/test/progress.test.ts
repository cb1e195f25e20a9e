import { describe, expect, it } from 'vitest';
import { Pace } from '../src/progress/pace.js';
import { ProgressDisplay } from '../src/progress/progressDisplay.js';
import { bytesText, counted, duration } from '../src/progress/progressText.js';

/** A display whose clock the test sets, and what it has written. */
function display(isTTY: boolean, columns = 100) {
  const written: string[] = [];
  const clock = { now: 1_000 };
  const target = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, clock, shown: new ProgressDisplay(target, () => clock.now) };
}

describe('the progress bar', () => {
  it('shows count, rate and time left, some times a second', () => {
    const { written, clock, shown } = display(true);
    shown.update({ inputs: 0, bytes: 0, totalBytes: 4_000 });
    clock.now += 50;
    shown.update({ inputs: 1, bytes: 10, totalBytes: 4_000 });
    clock.now += 950;
    shown.update({ inputs: 1_500, bytes: 1_000, totalBytes: 4_000 });
    expect(written).toEqual([
      '\r\x1b[K[------------------------] 0 %  0 inputs',
      '\r\x1b[K[######------------------] 25 %  1,500 inputs  1,500/s  3 s left',
    ]);
    shown.note('line 7 is bad');
    expect(written.slice(2, 4)).toEqual(['\r\x1b[K', 'line 7 is bad\n']);
    expect(written[4]).toBe(written[1]);
    shown.end();
    shown.end();
    expect(written.slice(5)).toEqual(['\r\x1b[K']);
  });

  it('is never as wide as the terminal', () => {
    const { written, shown } = display(true, 20);
    shown.update({ inputs: 0, bytes: 0, totalBytes: 4_000 });
    expect(written[0]).toHaveLength('\r\x1b[K'.length + 19);
  });

  it('is a line now and then where there is no terminal', () => {
    const { written, clock, shown } = display(false);
    for (let second = 0; second <= 25; second++) {
      shown.update({ inputs: second, bytes: second, totalBytes: second === 20 ? undefined : 30 });
      clock.now += 1_000;
    }
    shown.end();
    expect(written).toEqual(['33 %  10 inputs  1/s  20 s left\n', '20 inputs  1/s\n']);
  });
});

describe('the pace', () => {
  it('is that of the last moments', () => {
    const pace = new Pace();
    expect(pace.rate).toBeUndefined();
    // Read back at first, then computed.
    for (let second = 0; second <= 10; second++) pace.note(second * 1_000, second * 1_000, second * 1_000);
    for (let second = 11; second <= 60; second++)
      pace.note(second * 1_000, 10_000 + second - 10, 10_000 + second - 10);
    expect(pace.rate).toBe(1);
    expect(pace.secondsUntil(10_100)).toBe(50);
    expect(pace.secondsUntil(0)).toBe(0);
  });
});

it('numbers are written for readers', () => {
  expect([0.5, 9.96, 12.3, 1_234_567].map(counted)).toEqual(['0.5', '10', '12', '1,234,567']);
  expect([0, 0.2, 59.5, 185, 7_800].map(duration)).toEqual([
    '0 s',
    '1 s',
    '1 min 0 s',
    '3 min 5 s',
    '2 h 10 min',
  ]);
  expect([0, 999, 1_000, 1_440_000, 999_600].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1.4 MB',
    '1 MB',
  ]);
});
