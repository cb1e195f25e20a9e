import { sampleEntry } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnDeletions } from '../src/ownDeletions.js';

const { model } = sampleEntry(1);
const tagged = (tag: string) => sampleEntry(1, { tags: [tag] });
const now = 1_800_000_000_000;

describe('deletions of this tab, and marks between them', () => {
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  /** So that what the journal tells can be chosen. */
  const withJournal = (seen = 0) => {
    const journal = { seen };
    return { journal, own: new OwnDeletions(() => journal.seen) };
  };

  it('a deletion covers what began before it and nothing that began after, whatever the journal tells meanwhile', () => {
    const { own, journal } = withJournal();
    const marks: number[] = [];
    const steps = [
      () => {},
      () => vi.setSystemTime(now + 5),
      // A clock that is put back.
      () => vi.setSystemTime(now - 60_000),
      () => (journal.seen = now),
      () => {},
      () => journal.seen++,
    ];
    for (const [number, step] of steps.entries()) {
      marks.push(own.mark());
      own.called({ model, tags: [`${number}`] });
      marks.push(own.mark());
      step();
    }
    for (const [place, mark] of marks.entries()) {
      for (const number of steps.keys())
        expect(own.cover(tagged(`${number}`), mark)).toBe(place < 2 * number + 1);
      expect(own.cover(tagged('none'), mark)).toBe(false);
    }
    expect(marks).toEqual([...marks].sort((a, b) => a - b));
  });

  it('more at one moment than marks can tell apart: what began between them is not stored, later it is', () => {
    const { own, journal } = withJournal(now);
    const marks = Array.from({ length: 1_200 }, () => {
      own.called({ model, tags: ['a'] });
      return own.mark();
    });
    for (const mark of marks.slice(0, -1)) expect(own.cover(tagged('a'), mark)).toBe(true);
    journal.seen++;
    expect(own.cover(tagged('a'), own.mark())).toBe(false);
  });

  it('those before the oldest that is remembered cover everything', () => {
    const { own, journal } = withJournal(now);
    const marks = Array.from({ length: 300 }, () => {
      journal.seen++;
      const mark = own.mark();
      own.called({ model, tags: ['a'] });
      return mark;
    });
    const covered = marks.filter((mark) => own.cover(tagged('b'), mark)).length;
    expect([covered, own.cover(tagged('a'), marks[299]!), own.cover(tagged('a'), own.mark())]).toEqual([
      44,
      true,
      false,
    ]);
    own.called({ keys: Array.from({ length: 5_000 }, (_, number) => `${number}`) });
    expect(own.cover(tagged('b'), marks[299]!)).toBe(true);
    expect(own.cover(tagged('b'), own.mark())).toBe(false);
  });

  it('another database takes the place of the first: what was deleted there keeps nothing out here', () => {
    const { own, journal } = withJournal(now + 1_000_000);
    own.called({ model });
    for (const seen of [0, now, now + 5]) {
      journal.seen = seen;
      expect(own.cover(tagged('a'), own.mark())).toBe(false);
      own.called({ model });
      expect(own.cover(tagged('a'), own.mark())).toBe(false);
    }
  });
});
