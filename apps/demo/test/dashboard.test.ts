import { createPredictor, fromFunction, memory, type PredictorEvent } from '@predcache/core';
import type { RecordedEvent } from '@predcache/react';
import { expect, test } from 'vitest';
import { answersAmong, hitRatioAfterEach } from '../src/dashboard/answers.js';
import { combineStats } from '../src/dashboard/combineStats.js';

/** Two real predictors with one memory, as the page has them; every event recorded. */
function setUp() {
  const tiers = [memory()];
  const lists: RecordedEvent[][] = [[], []];
  let id = 0;
  const predictors = ['small', 'large'].map((name, index) => {
    const predictor = createPredictor<string, string>({
      model: { name, version: '1' },
      tiers,
      onDevice: fromFunction((text: string) => `${name}: ${text}`),
      inCloud: fromFunction((text: string) => `${name} in the cloud: ${text}`),
    });
    predictor.subscribe((event: PredictorEvent) => {
      id++;
      lists[index]!.push({ id, at: 0, event });
    });
    return predictor;
  });
  return { small: predictors[0]!, large: predictors[1]!, lists };
}

test('the stats of two predictors add up, the memory they share counts once', async () => {
  const { small, large } = setUp();
  await small.predict('a');
  await small.predict('a');
  await small.predict('a');
  await large.predict('a', { inferenceMode: 'prefer_in_cloud' });
  await large.predict('a');
  const stats = combineStats([small.stats(), large.stats()]);
  expect(stats).toMatchObject({ requests: 5, hits: 3, misses: 2, hitRatio: 0.6, aborted: 0, failures: 0 });
  expect(stats.bySource).toMatchObject({
    memory: { answers: 3, latency: expect.any(Number) },
    indexeddb: { answers: 0 },
    on_device: { answers: 1 },
    in_cloud: { answers: 1 },
  });
  expect(stats.bySource.indexeddb).not.toHaveProperty('latency');
  expect(stats.memoryBytes).toBe(small.stats().tiers.memory?.bytes);
  expect(stats.memoryBytes).toBeGreaterThan(0);
  expect(stats.diskBytes).toBeUndefined();
});

test('nothing yet: a hit ratio of 0, not of NaN', () => {
  const { small, large } = setUp();
  expect(combineStats([small.stats(), large.stats()]).hitRatio).toBe(0);
  expect(combineStats([]).hitRatio).toBe(0);
});

test('answers of both come in the order in which they came, without what is no answer', async () => {
  const { small, large, lists } = setUp();
  await small.predict('a');
  await large.predict('b');
  await small.predict('a');
  await Promise.all([large.predict('c'), large.predict('c')]);
  const answers = answersAmong(lists);
  expect(answers.map(({ source, isHit, isShared }) => [source, isHit, isShared])).toEqual([
    ['on_device', false, false],
    ['on_device', false, false],
    ['memory', true, false],
    ['on_device', false, false],
    ['on_device', false, true],
  ]);
});

test('the hit ratio after each answer is that of the time, also when the first ones are no longer listed', async () => {
  const { small, large, lists } = setUp();
  const expected: number[] = [];
  for (const text of ['a', 'b', 'a', 'a', 'c', 'b']) {
    await small.predict(text);
    expected.push(small.stats().hitRatio);
  }
  const answers = answersAmong(lists);
  const totals = combineStats([small.stats(), large.stats()]);
  expect(hitRatioAfterEach(answers, totals)).toEqual(expected);
  expect(hitRatioAfterEach(answers.slice(2), totals)).toEqual(expected.slice(2));
  expect(hitRatioAfterEach([], totals)).toEqual([]);
});

test('a shared look-up is a hit, a shared computation a miss; with them the answers by source add up', async () => {
  const { small, large, lists } = setUp();
  await Promise.all(['a', 'a', 'a', 'b'].map((text) => small.predict(text)));
  await small.predict('a');
  const stats = combineStats([small.stats(), large.stats()]);
  expect(stats).toMatchObject({ requests: 5, hits: 1, misses: 4, collapsed: 2 });
  const bySource = Object.values(stats.bySource).reduce((total, { answers }) => total + answers, 0);
  expect(bySource + stats.collapsed).toBe(stats.hits + stats.misses);
  expect(answersAmong(lists).filter(({ isShared }) => isShared)).toHaveLength(2);
  const lookUp = { type: 'collapsed', key: 'k', source: 'indexeddb', latency: 1 } as const;
  expect(answersAmong([[{ id: 1, at: 0, event: lookUp }]])).toMatchObject([{ isHit: true, isShared: true }]);
});
