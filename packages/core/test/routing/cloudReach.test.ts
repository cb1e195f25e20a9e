import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isOutOfReach } from '../../src/pipeline/routing/cloudReach.js';
import { failure } from '../support/failure.js';
import { makeTwo, remoteError } from '../support/twoEngines.js';

let network: EventTarget;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  network = new EventTarget();
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
  vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const cloudy = () => makeTwo({ inferenceMode: 'prefer_in_cloud' });
const unreachable = remoteError('REMOTE_UNREACHABLE');

describe('a cloud out of reach', () => {
  it('is left alone for a pause that doubles up to a minute, and back at the first answer', async () => {
    const { ask, cloud } = cloudy();
    cloud.error = unreachable;
    expect(await ask()).toBe('device');
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = cloud.asked.length;
      vi.advanceTimersByTime(pause - 1);
      expect(await ask()).toBe('device');
      expect(cloud.asked.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(await ask()).toBe('device');
      expect(cloud.asked.length).toBe(before + 1);
    }
    cloud.error = undefined;
    vi.advanceTimersByTime(60_000);
    expect(await ask()).toBe('cloud');
    cloud.error = unreachable;
    await ask();
    cloud.error = undefined;
    vi.advanceTimersByTime(1_000);
    expect(await ask()).toBe('cloud');
  });

  it('counts what failed together once', async () => {
    const { ask, cloud } = cloudy();
    cloud.error = unreachable;
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(cloud.asked.length).toBe(20);
    cloud.error = undefined;
    vi.advanceTimersByTime(1_000);
    expect(await ask()).toBe('cloud');
  });

  it('is tried by one request after the pause', async () => {
    const { ask, cloud } = cloudy();
    cloud.error = unreachable;
    await ask();
    vi.advanceTimersByTime(1_000);
    await Promise.all([ask(), ask(), ask()]);
    expect(cloud.asked.length).toBe(2);
  });

  it('is asked all the same where the device fails, or no other engine may answer', async () => {
    const { ask, cloud, device } = cloudy();
    cloud.error = unreachable;
    await ask();
    cloud.error = undefined;
    device.error = remoteError('MODEL_CRASHED');
    expect(await ask()).toBe('cloud');
    vi.stubGlobal('navigator', { onLine: false });
    expect(await ask({ inferenceMode: 'only_in_cloud' })).toBe('cloud');
  });

  it('is passed by at once while the browser says offline, and asked as soon as it does not', async () => {
    const { ask, cloud } = cloudy();
    vi.stubGlobal('navigator', { onLine: false });
    expect(await ask()).toBe('device');
    expect(cloud.asked.length).toBe(0);
    vi.stubGlobal('navigator', { onLine: true });
    expect(await ask()).toBe('cloud');
  });

  it('is tried again with the online event; that the browser says online means nothing', async () => {
    const { ask, cloud } = cloudy();
    vi.stubGlobal('navigator', { onLine: true });
    cloud.error = unreachable;
    await ask();
    vi.advanceTimersByTime(1_000);
    await ask();
    cloud.error = undefined;
    expect(await ask()).toBe('device');
    network.dispatchEvent(new Event('online'));
    expect(await ask()).toBe('cloud');
  });

  it('listens only while there is a pause to end', async () => {
    const added = vi.spyOn(network, 'addEventListener');
    const removed = vi.spyOn(network, 'removeEventListener');
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
    const { ask, cloud, predictor } = cloudy();
    await ask();
    expect(added).not.toHaveBeenCalled();
    cloud.error = unreachable;
    await ask();
    expect(added).toHaveBeenCalledTimes(1);
    await predictor.dispose();
    expect(removed).toHaveBeenCalledTimes(1);
    expect(removed.mock.calls[0]![1]).toBe(added.mock.calls[0]![1]);
  });

  it('with answers to some inputs is not out of reach', async () => {
    const { ask, cloud } = cloudy();
    cloud.error = remoteError('REMOTE_STATUS', { status: 400 });
    expect(await ask()).toBe('device');
    cloud.error = undefined;
    expect(await ask()).toBe('cloud');
  });
});

describe("with the caller's timeout", () => {
  it('a cloud that does not answer leaves the device the time that it needs', async () => {
    const { ask, cloud, device } = cloudy();
    cloud.takes = 1e6;
    device.takes = 150;
    const asked = ask({ timeout: 1_000 });
    await vi.advanceTimersByTimeAsync(499);
    expect(device.asked.length).toBe(0);
    await vi.advanceTimersByTimeAsync(151);
    expect(await asked).toBe('device');
    // It is known now that the cloud does not answer.
    const next = ask({ timeout: 1_000 });
    await vi.advanceTimersByTimeAsync(150);
    expect(await next).toBe('device');
    // And how long the device takes: the cloud is given all but twice that.
    await vi.advanceTimersByTimeAsync(2_000);
    const later = ask({ timeout: 1_000 });
    await vi.advanceTimersByTimeAsync(699);
    expect(device.asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(151);
    expect(await later).toBe('device');
  });

  it('leaves some time however quick the device is', async () => {
    const { ask, cloud, device } = cloudy();
    await ask({ inferenceMode: 'only_on_device' });
    await ask({ inferenceMode: 'only_on_device' });
    cloud.takes = 1e6;
    const asked = ask({ timeout: 1_000 });
    await vi.advanceTimersByTimeAsync(799);
    expect(device.asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toBe('device');
  });

  it('a cloud that answers in time answers', async () => {
    const { ask, cloud, device } = cloudy();
    cloud.takes = 400;
    const asked = ask({ timeout: 1_000 });
    await vi.advanceTimersByTimeAsync(400);
    expect(await asked).toBe('cloud');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(device.asked.length).toBe(0);
  });

  it('a cloud that has cost a caller its answer counts as out of reach', async () => {
    const { ask, cloud, device } = cloudy();
    cloud.takes = 1e6;
    device.state = 'downloadable';
    const asked = failure(ask({ timeout: 1_000 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await asked).toMatchObject({ code: 'PREDICT_TIMEOUT' });
    expect(await ask()).toBe('device');
  });
});

it.each<[string, unknown, boolean]>([
  ['what the client says', unreachable, true],
  ['no answer in time', remoteError('REMOTE_TIMEOUT'), true],
  ['a server that is overloaded', remoteError('REMOTE_STATUS', { status: 503 }), true],
  ['too many requests', remoteError('REMOTE_STATUS', { status: 429 }), true],
  ['a refusal', remoteError('REMOTE_STATUS', { status: 401 }), false],
  ['nonsense', remoteError('REMOTE_PROTOCOL'), false],
  ['a fetch in Chromium', new TypeError('Failed to fetch'), true],
  ['a fetch in Node', new Error('around', { cause: new TypeError('fetch failed') }), true],
  ['a bug', new TypeError('x is undefined'), false],
  ['no error', undefined, false],
])('%s: out of reach %s', (_what, error, isIt) => {
  expect(isOutOfReach(error)).toBe(isIt);
});
