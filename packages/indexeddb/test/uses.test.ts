import { expect, it } from 'vitest';
import { rowKeyOf } from '../src/rowKey.js';
import { Uses } from '../src/uses.js';

const key = (number: number) => rowKeyOf(number.toString(16).padStart(64, '0'));

it('gives each row once, and forgets what it gave', () => {
  const uses = new Uses();
  for (let turn = 0; turn < 3; turn++) for (let number = 0; number < 200; number++) uses.add(key(number));
  expect(uses.isEmpty).toBe(false);
  expect(uses.take()).toEqual(Array.from({ length: 200 }, (_, number) => key(number)));
  expect([uses.isEmpty, uses.take()]).toEqual([true, []]);
  uses.add(key(5));
  expect(uses.take()).toEqual([key(5)]);
});

it('remembers 4,096 at most', () => {
  const uses = new Uses();
  for (let number = 0; number < 10_000; number++) uses.add(key(number));
  expect(uses.take()).toHaveLength(4_096);
});
