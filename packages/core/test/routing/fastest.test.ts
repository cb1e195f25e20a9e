import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fastest } from '../../src/pipeline/routing/fastest.js';
import { type Observed, ObservedTimes } from '../../src/pipeline/routing/observedTimes.js';
import { RandomNumbers } from '../../src/policies/randomNumbers.js';
import { makeTwo, remoteError } from '../support/twoEngines.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockImplementation(seeded(7));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function seeded(seed: number): () => number {
  const numbers = new RandomNumbers(seed);
  return () => numbers.next() / 2 ** 32;
}

const time = fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { nil: undefined });
const observed = fc.option(
  fc.record({ time: fc.double({ min: 0, max: 1e4, noNaN: true }), answers: fc.integer({ min: 1, max: 9 }) }),
  { nil: undefined },
);
const better = (device: Observed | undefined, cloud: Observed | undefined) =>
  cloud === undefined || (device !== undefined && device.time <= cloud.time) ? 'on_device' : 'in_cloud';

describe('the choice of the fastest', () => {
  it('explores twice at most, and then its part of the requests, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(observed, observed, time), { maxLength: 300 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (exploration, requests, numbers) => {
          const fastest = new Fastest({ exploration, random: () => numbers.next().value as number });
          let explored = 0;
          for (const [on_device, in_cloud, timeLeft] of requests) {
            const chosen = fastest.choose({ expected: { on_device, in_cloud }, timeLeft });
            if (chosen === better(on_device, in_cloud)) continue;
            explored++;
            const estimate = chosen === 'on_device' ? on_device : in_cloud;
            const known = chosen === 'on_device' ? in_cloud : on_device;
            // Never where the caller might lose its answer by it, nor before there is an answer at all.
            expect(known).toBeDefined();
            expect(timeLeft ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(
              2 * (estimate?.time ?? 3 * known!.time),
            );
          }
          expect(explored).toBeLessThanOrEqual(2 + exploration * requests.length + 1e-9);
        },
      ),
    );
  });

  it.each([[2], [10], [100]])(
    'costs at most 5 percent of the better time where the other takes %d times as long',
    (factor) => {
      const fastest = new Fastest({ exploration: 0.05, random: seeded(7) });
      const expected = { on_device: { time: 10, answers: 9 }, in_cloud: { time: 10 * factor, answers: 9 } };
      const requests = 20_000;
      let explored = 0;
      for (let at = 0; at < requests; at++)
        if (fastest.choose({ expected, timeLeft: undefined }) === 'in_cloud') explored++;
      expect(explored).toBeGreaterThan(0);
      expect((explored * (expected.in_cloud.time - 10)) / (requests * 10)).toBeLessThan(0.06);
    },
  );
});

describe('observed times', () => {
  it('are medians by size, of the nearest one where the size is new, and forget', () => {
    const times = new ObservedTimes();
    expect(times.of('on_device', 100)).toBeUndefined();
    expect(times.longest('on_device')).toBeUndefined();
    for (const ms of [900, 20]) times.observed('on_device', 100, ms);
    expect(times.of('on_device', 100)).toEqual({ time: 20, answers: 2 });
    for (const ms of [10, 30, 40]) times.observed('on_device', 100, ms);
    times.observed('on_device', 1_000_000, 500);
    expect(times.of('on_device', 110)?.time).toBe(30);
    expect(times.of('on_device', 1)?.time).toBe(30);
    expect(times.of('on_device', 1e9)).toEqual({ time: 500, answers: 1 });
    expect(times.longest('on_device')).toBe(500);
    expect(times.of('in_cloud', 100)).toBeUndefined();
    for (let at = 0; at < 5; at++) times.observed('on_device', 100, 1);
    expect(times.of('on_device', 100)).toEqual({ time: 1, answers: 9 });
  });
});

/** Asks one after another, on a clock of the test's own. */
async function session(
  { ask }: ReturnType<typeof makeTwo>,
  requests: number,
  options: Parameters<ReturnType<typeof makeTwo>['ask']>[0] = {},
) {
  const answers: string[] = [];
  for (let at = 0; at < requests; at++) {
    const asked = ask(options).then((output) => answers.push(output));
    while (answers.length === at) await vi.advanceTimersByTimeAsync(1);
    await asked;
  }
  return answers;
}

const count = (answers: readonly string[], name: string) => answers.filter((each) => each === name).length;

describe('fastest', () => {
  const fastest = (options: Parameters<typeof makeTwo>[0] = {}) =>
    makeTwo({ inferenceMode: 'fastest', ...options });

  it('asks the cloud first, and downloads once callers have waited long enough for it', async () => {
    const two = fastest();
    two.device.state = 'downloadable';
    two.cloud.takes = 40;
    expect(await session(two, 3)).toEqual(['cloud', 'cloud', 'cloud']);
    expect(two.device.loads).toBe(0);
    await session(two, 1);
    expect(two.device.loads).toBe(1);
    expect(await session(two, 3)).toEqual(['cloud', 'cloud', 'cloud']);
    two.device.finishLoading();
    await vi.advanceTimersByTimeAsync(0);
    two.device.takes = 5;
    const answers = await session(two, 50);
    expect(answers[0]).toBe('device');
    expect(count(answers, 'device')).toBeGreaterThan(45);
  });

  it('does not download for users who save data, and loads at once what the device has', async () => {
    const two = fastest({ routing: { download: 'never' } });
    two.device.state = 'downloadable';
    two.cloud.takes = 200;
    await session(two, 10);
    expect(two.device.loads).toBe(0);
    const other = fastest();
    other.cloud.takes = 5;
    await session(other, 2);
    expect(other.device.loads).toBe(1);
  });

  it('leaves a device that is slower after trying it', async () => {
    const two = fastest();
    two.device.takes = 180;
    two.cloud.takes = 50;
    const answers = await session(two, 100);
    expect(count(answers, 'device')).toBeGreaterThan(0);
    expect(count(answers, 'device')).toBeLessThanOrEqual(6);
  });

  it('goes over to the other one when times change', async () => {
    const two = fastest();
    two.device.takes = 20;
    two.cloud.takes = 50;
    await session(two, 40);
    two.device.takes = 400;
    const answers = await session(two, 60);
    expect(count(answers.slice(20), 'device')).toBeLessThan(5);
  });

  it('asks the cloud only where it is faster by its cost', async () => {
    const two = fastest({ routing: { cloudCost: 100 } });
    two.device.takes = 80;
    two.cloud.takes = 20;
    await session(two, 3);
    expect(count(await session(two, 40), 'device')).toBeGreaterThan(34);
  });

  it('sheds to the slower one what would wait longer for the faster one', async () => {
    const two = fastest();
    Object.assign(two.device.engine, { concurrency: 1 });
    two.device.takes = 10;
    two.cloud.takes = 35;
    await session(two, 10);
    const burst = Array.from({ length: 10 }, () => two.ask());
    await vi.advanceTimersByTimeAsync(1_000);
    const answers = await Promise.all(burst);
    // Three or four are done on the device by the time that the cloud takes; one more or less for what is explored.
    expect(count(answers, 'device')).toBeGreaterThanOrEqual(2);
    expect(count(answers, 'device')).toBeLessThanOrEqual(5);
  });

  it('does not try what the caller may not have the time for', async () => {
    const two = fastest({ timeout: 100 });
    two.device.takes = 90;
    two.cloud.takes = 40;
    expect(count(await session(two, 60), 'device')).toBe(0);
  });

  it('asks the device while the cloud is out of reach, and the cloud when the device fails', async () => {
    const two = fastest();
    two.cloud.takes = 5;
    two.device.takes = 50;
    await session(two, 5);
    two.cloud.error = remoteError('REMOTE_UNREACHABLE');
    const asked = two.device.asked.length;
    expect(await session(two, 3)).toEqual(['device', 'device', 'device']);
    expect(two.device.asked.length).toBe(asked + 3);
    two.cloud.error = undefined;
    two.device.error = remoteError('WORKER_DIED');
    expect(await session(two, 1)).toEqual(['cloud']);
  });
});
