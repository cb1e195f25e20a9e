import { describe, expect, it } from 'vitest';
import type { CoveredRow, Invalidation, RowSelector } from '../src/invalidation.js';
import { Invalidations } from '../src/invalidations.js';
import { markOfTime, timeOfMark } from '../src/mark.js';
import { rowKeyOf } from '../src/rowKey.js';

const model = 'a'.repeat(64);
const row = (changes: Partial<CoveredRow> = {}): CoveredRow => ({
  key: rowKeyOf('b'.repeat(64)),
  partition: '',
  model,
  createdAt: 5,
  tags: ['0000000000000001'],
  ...changes,
});

let sequence = 1_000;
const made = (selector: RowSelector, changes: Partial<Invalidation> = {}): Invalidation => {
  sequence++;
  return { origin: 'other', partition: '', selector, sequence, at: sequence, ...changes };
};

describe('the latest deletions', () => {
  it.each<[string, RowSelector, Partial<CoveredRow>, boolean]>([
    ['everything', { all: true }, {}, true],
    ['everything of another partition', { all: true }, { partition: '00000000000000ff' }, false],
    ['a key', { keys: ['c'.repeat(64), 'b'.repeat(64)] }, {}, true],
    ['other keys', { keys: ['c'.repeat(64)] }, {}, false],
    ['its model', { model }, {}, true],
    ['another model', { model: 'c'.repeat(64) }, {}, false],
    ['its tag', { model, tags: ['0000000000000002', '0000000000000001'] }, {}, true],
    ['a tag of another model', { model: 'c'.repeat(64), tags: ['0000000000000001'] }, {}, false],
    ['another tag', { model, tags: ['0000000000000002'] }, {}, false],
    ['what is older', { model, createdBefore: 6 }, {}, true],
    ['what is as old', { model, createdBefore: 5 }, {}, false],
  ])('%s', (_, selector, changes, isCovered) => {
    const all = new Invalidations({ sequence: 0, at: 0 });
    const one = made(selector);
    all.add(one);
    expect(all.cover(row(changes), one.sequence - 1, 'me')).toBe(isCovered);
    expect(all.cover(row(changes), one.sequence, 'me')).toBe(false);
    expect(all.cover(row(changes), one.sequence - 1, 'other')).toBe(false);
  });

  it('are compared with marks by time as well: within 100 ms, an earlier one may be a later one', () => {
    const all = new Invalidations({ sequence: 500, at: 2e12 });
    all.add(made({ model }, { at: 2e12 + 5_000 }));
    const covers = (time: number) => all.cover(row(), markOfTime(time), 'me');
    expect([covers(2e12 + 100), covers(2e12 + 5_100), covers(2e12 + 5_101)]).toEqual([true, true, false]);
    expect(all.cover(row({ model: '' }), markOfTime(2e12 + 100), 'me')).toBe(true);
    expect(all.cover(row({ model: '' }), markOfTime(2e12 + 101), 'me')).toBe(false);
    expect([timeOfMark(markOfTime(2e12)), timeOfMark(7)]).toEqual([2e12, undefined]);
  });

  it("what one covers, a later one of the same tab does instead; another tab's is widened", () => {
    const all = new Invalidations({ sequence: 0, at: 0 });
    const text = '{"model":"…","tags":["x"]}';
    expect(all.add(made({ model, tags: ['0000000000000001'] }, { text }))).toBe(false);
    expect(all.add(made({ model, tags: ['0000000000000001', '0000000000000002'] }, { text }))).toBe(true);
    expect(all.all).toHaveLength(1);
    const theirs = made({ model, tags: ['0000000000000003'] }, { origin: 'third', text });
    all.add(theirs);
    all.add(made({ model, createdBefore: 9 }));
    expect(all.all).toHaveLength(3);
    expect(all.add(made({ all: true }))).toBe(true);
    expect(all.all.map(({ origin, selector, text }) => [origin, selector, text])).toEqual([
      ['third', { all: true }, undefined],
      ['other', { all: true }, undefined],
    ]);
    expect(all.all[0]?.sequence).toBe(theirs.sequence);
    // Nobody else's.
    all.add(made({ all: true }, { partition: '00000000000000ff' }));
    expect(all.all).toHaveLength(3);
  });

  it('are as many as fit: 256, with 4,096 keys and tags among them, and the floor rises', () => {
    const all = new Invalidations({ sequence: 0, at: 0 });
    const keys = (count: number) => made({ keys: Array.from({ length: count }, (_, key) => `${key}`) });
    const many = Array.from({ length: 257 }, () => keys(1));
    for (const each of many) all.add(each);
    expect([all.all.length, all.floor]).toEqual([256, { sequence: many[0]!.sequence, at: many[0]!.at }]);
    const large = keys(4_000);
    all.add(large);
    expect(all.all.length).toBe(1 + Math.floor((4_096 - 4_001) / 2));
    all.add(keys(5_000));
    expect(all.all).toEqual([]);
    expect(all.since(large.sequence)).toBeUndefined();
    expect(all.since(all.floor.sequence)).toEqual([]);
  });
});
