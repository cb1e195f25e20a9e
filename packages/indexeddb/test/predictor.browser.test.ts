import { createPredictor, fromFunction, type JsonValue, memory, type PredictorEvent } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../src/index.js';
import { newName } from './support/database.js';

/** One page's worth of a predictor whose model doubles numbers, and counts its work. */
function openPage(name: string) {
  let runs = 0;
  const predictor = createPredictor<JsonValue, JsonValue>({
    model: { name: 'doubler', version: '1' },
    tiers: [memory(), indexedDB({ name })],
    onDevice: fromFunction(async (input) => {
      runs++;
      return { doubled: (input as { value: number }).value * 2 };
    }),
  });
  const events: PredictorEvent[] = [];
  predictor.subscribe((event) => events.push(event));
  return { predictor, events, runs: () => runs };
}

describe('below a predictor', () => {
  it('answers on the next page what was computed on this one, without computing', async () => {
    const name = newName();
    const first = openPage(name);
    const answers = await Promise.all([1, 2, 3].map((value) => first.predictor.predict({ value })));
    expect(answers.map(({ source }) => source)).toEqual(['on_device', 'on_device', 'on_device']);
    await first.predictor.dispose();

    const second = openPage(name);
    const again = await Promise.all([1, 2, 3].map((value) => second.predictor.predict({ value })));
    expect(again.map(({ output, source }) => [output, source])).toEqual(
      [2, 4, 6].map((doubled) => [{ doubled }, 'indexeddb']),
    );
    expect(second.runs()).toBe(0);
    await expect.poll(() => second.predictor.stats().tiers.indexeddb?.entries).toBe(3);
    expect(second.events.filter(({ type }) => type === 'tier-error')).toEqual([]);

    await second.predictor.clear();
    await second.predictor.dispose();
    const third = openPage(name);
    expect((await third.predictor.predict({ value: 1 })).source).toBe('on_device');
    await third.predictor.dispose();
  });
});
