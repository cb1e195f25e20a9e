import type { Priority } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComputeQueue } from '../../src/pipeline/computeQueue.js';
import { priorities } from '../../src/pipeline/work.js';

interface Item {
  readonly id: number;
  priority: Priority;
  readonly size: number;
}

const item = (id: number, priority: Priority = 'user', size = 1): Item => ({ id, priority, size });
const ids = (items: readonly Item[]) => items.map(({ id }) => id);

describe('the queue of computations', () => {
  it('gives the most urgent first, then those who came first', () => {
    const queue = new ComputeQueue<Item>({ maxLength: 10, maxSize: 100 });
    for (const each of [item(1, 'background'), item(2, 'refresh'), item(3), item(4, 'refresh'), item(5)])
      queue.add(each);
    expect(ids(queue.take(4))).toEqual([3, 5, 2, 4]);
    expect(ids(queue.take(4))).toEqual([1]);
  });

  it('refuses what has no room, but lets the urgent in before the less urgent', () => {
    const queue = new ComputeQueue<Item>({ maxLength: 2, maxSize: 100 });
    expect(queue.add(item(1, 'background'))).toEqual([]);
    expect(queue.add(item(2))).toEqual([]);
    expect(ids(queue.add(item(3, 'background')))).toEqual([3]);
    expect(ids(queue.add(item(4)))).toEqual([1]);
    expect(ids(queue.add(item(5)))).toEqual([5]);
    expect(ids(queue.take(9))).toEqual([2, 4]);
  });

  it('drops nobody for what has no room all the same', () => {
    const queue = new ComputeQueue<Item>({ maxLength: 9, maxSize: 100 });
    queue.add(item(1, 'background', 40));
    queue.add(item(2, 'user', 50));
    expect(ids(queue.add(item(3, 'refresh', 60)))).toEqual([3]);
    expect(ids(queue.add(item(4, 'refresh', 30)))).toEqual([1]);
    expect(ids(queue.take(9))).toEqual([2, 4]);
  });

  it('lets in one that is larger than all it may hold, alone', () => {
    const queue = new ComputeQueue<Item>({ maxLength: 9, maxSize: 100 });
    expect(queue.add(item(1, 'user', 500))).toEqual([]);
    expect(ids(queue.add(item(2)))).toEqual([2]);
  });

  it('holds what a plain list would, whatever is done to it', () => {
    const action = fc.oneof(
      fc.record({
        do: fc.constant('add' as const),
        priority: fc.constantFrom(...priorities),
        size: fc.integer({ min: 1, max: 40 }),
      }),
      fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ do: fc.constantFrom('delete' as const, 'raise' as const), at: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const queue = new ComputeQueue<Item>({ maxLength: 6, maxSize: 100 });
        let model: Item[] = [];
        let id = 0;
        const waiting: Item[] = [];
        const total = () => model.reduce((sum, { size }) => sum + size, 0);
        for (const each of actions) {
          if (each.do === 'add') {
            const added = item(id++, each.priority, each.size);
            waiting.push(added);
            const dropped = queue.add(added);
            model = [...model, added].filter((one) => !dropped.includes(one));
            const isLessUrgent = ({ priority }: Item) =>
              priorities.indexOf(priority) > priorities.indexOf(added.priority);
            if (dropped.includes(added)) {
              // Nobody is dropped for one that has no room all the same, and none of those who stay would make it.
              expect(dropped).toEqual([added]);
              const staying = model.filter((one) => !isLessUrgent(one));
              const sizes = staying.reduce((sum, { size }) => sum + size, added.size);
              expect(staying.length >= 6 || sizes > 100).toBe(true);
            } else for (const out of dropped) expect(isLessUrgent(out)).toBe(true);
          } else if (each.do === 'take') {
            const expected = [...model]
              .sort((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority))
              .slice(0, each.count);
            expect(ids(queue.take(each.count))).toEqual(ids(expected));
            model = model.filter((one) => !expected.includes(one));
          } else {
            const chosen = waiting[each.at];
            if (chosen === undefined) continue;
            if (each.do === 'delete') {
              expect(queue.delete(chosen)).toBe(model.includes(chosen));
              model = model.filter((one) => one !== chosen);
            } else if (chosen.priority !== 'user') {
              chosen.priority = 'user';
              queue.raised(chosen);
              if (model.includes(chosen)) model = [...model.filter((one) => one !== chosen), chosen];
            }
          }
          expect(queue.length).toBe(model.length);
          expect(model.length).toBeLessThanOrEqual(6);
          if (model.length > 1) expect(total()).toBeLessThanOrEqual(100);
        }
        expect(ids(queue.take(99)).sort()).toEqual(ids(model).sort());
      }),
    );
  });
});
