import type { InferenceMode } from '@predcache/core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeTwo, remoteError } from '../support/twoEngines.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const modes: readonly InferenceMode[] = [
  'prefer_on_device',
  'only_on_device',
  'prefer_in_cloud',
  'only_in_cloud',
  'fastest',
];
const failure = fc.constantFrom(
  undefined,
  undefined,
  remoteError('REMOTE_UNREACHABLE'),
  remoteError('REMOTE_TIMEOUT'),
  remoteError('MODEL_CRASHED'),
  remoteError('ENGINE_OVERLOADED'),
  new TypeError('fetch failed'),
);
const state = fc.constantFrom('unavailable', 'downloadable', 'downloading', 'available');
const step = fc.record({
  mode: fc.constantFrom(...modes),
  deviceState: state,
  deviceError: failure,
  cloudError: failure,
  deviceTakes: fc.constantFrom(0, 5, 100, 100_000),
  cloudTakes: fc.constantFrom(0, 5, 100, 100_000),
  timeout: fc.option(fc.constantFrom(1, 50, 1_000), { nil: undefined }),
  onLine: fc.boolean(),
  later: fc.constantFrom(0, 0, 500, 5_000, 100_000),
  requests: fc.integer({ min: 1, max: 4 }),
});

it('whatever engines do, no mode asks one that it excludes, everybody is answered, and in time', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const { ask, device, cloud, predictor } = makeTwo();
      for (const each of steps) {
        vi.stubGlobal('navigator', { onLine: each.onLine });
        Object.assign(device, {
          state: each.deviceState,
          error: each.deviceError,
          takes: each.deviceTakes,
        });
        Object.assign(cloud, { error: each.cloudError, takes: each.cloudTakes });
        const before = [device.asked.length, cloud.asked.length];
        const begun = performance.now();
        const { mode, timeout } = each;
        let answered = 0;
        const asked = Array.from({ length: each.requests }, () =>
          ask({ inferenceMode: mode, timeout })
            .then(
              () => true,
              () => false,
            )
            .then((isAnswer) => {
              answered++;
              return { isAnswer, took: performance.now() - begun };
            }),
        );
        for (let wait = 0; wait < 40 && answered < each.requests; wait++)
          await vi.advanceTimersByTimeAsync(wait < 5 ? 1 : 10_000);
        // Engines take 200 s between them at most.
        expect(answered).toBe(each.requests);
        for (const { isAnswer, took } of await Promise.all(asked)) {
          if (timeout !== undefined) expect(took).toBeLessThanOrEqual(timeout);
          const deviceCan = each.deviceError === undefined && mode !== 'only_in_cloud';
          const cloudCan = each.cloudError === undefined && mode !== 'only_on_device';
          // Whatever the cloud does, a device that has the time answers.
          const isReady = each.deviceState === 'available' && each.deviceTakes <= 100;
          if (timeout === 1_000 && deviceCan && isReady) expect(isAnswer).toBe(true);
          if (timeout === undefined) expect(isAnswer).toBe(deviceCan || cloudCan);
        }
        if (mode === 'only_in_cloud') expect(device.asked.length).toBe(before[0]);
        if (mode === 'only_on_device') expect(cloud.asked.length).toBe(before[1]);
        await vi.advanceTimersByTimeAsync(each.later);
      }
      await predictor.dispose();
    }),
    { numRuns: 200 },
  );
});
