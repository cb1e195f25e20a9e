import { expect, it } from 'vitest';
import { interleave, perOperation, perOperationFor } from '../bench/support/timing.js';

it('lets every contestant run once in each round, in orders that change, after a run that does not count', async () => {
  const log: string[] = [];
  const run = (name: string) => () => {
    log.push(name);
    return `${name}${log.filter((other) => other === name).length}`;
  };
  const samples = await interleave(20, { a: run('a'), b: run('b'), c: async () => run('c')() });
  expect(log).toHaveLength(3 * 21);
  for (const name of ['a', 'b', 'c'] as const) {
    expect(samples[name]).toEqual(Array.from({ length: 20 }, (_, round) => `${name}${round + 2}`));
  }
  const orders = Array.from({ length: 21 }, (_, round) => log.slice(round * 3, round * 3 + 3).join(''));
  for (const order of orders) expect([...order].sort().join('')).toBe('abc');
  expect(orders[0]).toBe('abc');
  expect(new Set(orders).size).toBe(6);
});

it('divides by the number of operations', async () => {
  const indexes: number[] = [];
  expect(await perOperation(3, async (index) => indexes.push(index))).toBeGreaterThanOrEqual(0);
  expect(indexes).toEqual([0, 1, 2]);
  let count = 0;
  const each = await perOperationFor(5, () => count++);
  expect(count).toBeGreaterThan(1);
  expect(each * count).toBeGreaterThan(4.99);
});
