import type { Priority } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallQueue } from '../src/pool/callQueue.js';
import { PooledCall } from '../src/pool/pooledCall.js';
import { PooledModel } from '../src/pool/pooledModel.js';

const models = ['a', 'b', 'c'].map(
  (name) =>
    new PooledModel(name, {
      model: { name, version: '1', url: `/${name}` },
      settings: { modelCache: false },
    }),
);

function call(model: number, priority: Priority = 'user'): PooledCall {
  const at = models[model]!;
  return new PooledCall({
    method: 'run',
    argument: { ...at.argument, batch: [] },
    model: at,
    options: { priority },
  });
}

function drained(queue: CallQueue): PooledCall[] {
  const all: PooledCall[] = [];
  for (;;) {
    const next = queue.take(() => true);
    if (next === undefined) return all;
    all.push(next.call);
  }
}

describe('the queue of calls', () => {
  it('gives the most urgent first, whichever model they are for', () => {
    const queue = new CallQueue();
    const [background, refresh, user] = [call(0, 'background'), call(1, 'refresh'), call(0)];
    for (const each of [background, refresh, user]) queue.add(each);
    expect(drained(queue)).toEqual([user, refresh, background]);
  });

  it('lets models take turns, however many calls one of them has', () => {
    const queue = new CallQueue();
    const many = Array.from({ length: 5 }, () => call(0));
    const [one, other] = [call(1), call(2)];
    for (const each of [...many, one, other]) queue.add(each);
    expect(drained(queue)).toEqual([many[0], one, other, ...many.slice(1)]);
  });

  it('passes over a model that cannot be placed, and keeps its turn', () => {
    const queue = new CallQueue();
    const [a, b] = [call(0), call(1)];
    queue.add(a);
    queue.add(b);
    expect(queue.take((next) => (next.model === models[1] ? 'here' : undefined))).toEqual({
      call: b,
      place: 'here',
    });
    expect(drained(queue)).toEqual([a]);
  });

  it('gives what was put back before what came later', () => {
    const queue = new CallQueue();
    const [first, second] = [call(0), call(0)];
    queue.add(second);
    queue.putBack(first);
    expect(drained(queue)).toEqual([first, second]);
  });

  it('drops the least urgent and latest to make room, and only for what is more urgent', () => {
    const queue = new CallQueue();
    const calls = [call(0, 'background'), call(1, 'background'), call(0, 'refresh'), call(0)];
    for (const each of calls) queue.add(each);
    expect(queue.takeLessUrgent('background')).toBeUndefined();
    expect(queue.takeLessUrgent('refresh')).toBe(calls[1]);
    expect([1, 2, 3].map(() => queue.takeLessUrgent('user'))).toEqual([calls[0], calls[2], undefined]);
    expect(queue.length).toBe(1);
  });

  it('holds what was added and not taken, in the order of priority, model by model in the order they came', () => {
    const priority = fc.constantFrom<Priority>('user', 'refresh', 'background');
    const step = fc.oneof(
      fc.record({ what: fc.constant('add' as const), model: fc.nat({ max: 2 }), priority }),
      fc.record({
        what: fc.constantFrom('take' as const, 'delete' as const),
        model: fc.nat({ max: 2 }),
        priority,
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new CallQueue();
        let expected: PooledCall[] = [];
        for (const { what, model, priority: urgency } of steps) {
          if (what === 'add') {
            const added = call(model, urgency);
            queue.add(added);
            expected.push(added);
          } else if (what === 'delete') {
            const gone = expected[model];
            if (gone !== undefined) queue.delete(gone);
            expected = expected.filter((each) => each !== gone);
          } else {
            const taken = queue.take((next) => (next.model === models[model] ? true : undefined))?.call;
            const rank = (each: PooledCall) => ['user', 'refresh', 'background'].indexOf(each.priority);
            const ofModel = expected.filter((each) => each.model === models[model]);
            const best = Math.min(...ofModel.map(rank));
            expect(taken).toBe(ofModel.find((each) => rank(each) === best));
            expected = expected.filter((each) => each !== taken);
          }
          expect(queue.length).toBe(expected.length);
          expect(queue.models()).toEqual(new Set(expected.map((each) => each.model)));
        }
        expect(new Set(drained(queue))).toEqual(new Set(expected));
      }),
    );
  });
});
