import { createPredictor, memory, type ResultFreshness } from '@predcache/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { FakeOrigin } from '../support/fakeOrigin.js';
import { gate } from '../support/gate.js';
import { until } from '../support/until.js';

beforeEach(() => {
  // Each call begins in another ms, as dear computations do.
  let time = 1_700_000_000_000;
  vi.spyOn(Date, 'now').mockImplementation(() => ++time);
  const tab = new FakeOrigin().openTab();
  vi.stubGlobal('navigator', { locks: tab.locks });
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      constructor(name: string) {
        // biome-ignore lint/correctness/noConstructorReturn: the wire stands for the channel
        return tab.openWire(name) as never;
      }
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function shareOne(freshness: ResultFreshness | undefined, options: object = {}) {
  const held = gate();
  let runs = 0;
  const makeTab = (name: string, more: object = {}) => {
    const tier = memory();
    const inCloud = engineOf(async () => {
      runs++;
      await held.opened;
      return { outputs: [name], backend: 'oip', freshness: [freshness] };
    });
    const model = { name: 'm', version: '1' };
    return { tier, predictor: createPredictor<string, string>({ model, tiers: [tier], inCloud, ...more }) };
  };
  const first = makeTab('first');
  const second = makeTab('second', options);
  const asked = [first.predictor.predict('a')];
  await until(() => runs === 1);
  asked.push(second.predictor.predict('a'));
  for (let task = 0; task < 20; task++) await new Promise((resolve) => setImmediate(resolve));
  held.open();
  const answers = await Promise.all(asked);
  return { runs, answers, stored: [first.tier, second.tier].map((tier) => tier.peek(answers[0]!.key)) };
}

it('what another tab computes is kept with what its source says of freshness', async () => {
  const { runs, answers, stored } = await shareOne({ ttl: 5_000, age: 1_000, etag: '"1"' });
  expect(runs).toBe(1);
  expect(answers.map(({ output, age }) => [output, age])).toEqual([
    ['first', 1_000],
    ['first', 1_000],
  ]);
  for (const entry of stored) expect(entry?.freshness).toEqual({ ttl: 6_000, etag: '"1"' });
});

it('what another tab must not keep is kept by none', async () => {
  const { runs, answers, stored } = await shareOne({ noStore: true });
  expect([runs, answers[1]!.output]).toEqual([1, 'first']);
  expect(stored).toEqual([undefined, undefined]);
});

it('a tab that would not have stored the answer does not store it from another one', async () => {
  const { runs, stored } = await shareOne(undefined, { cacheable: () => false });
  expect(runs).toBe(1);
  expect(stored.map((entry) => entry !== undefined)).toEqual([true, false]);
});
