import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { makeTwo, remoteError } from '../support/twoEngines.js';
import { until } from '../support/until.js';

afterEach(() => void vi.unstubAllGlobals());

const downloadable = (options: Parameters<typeof makeTwo>[0] = {}) => {
  const two = makeTwo(options);
  two.device.state = 'downloadable';
  return two;
};

describe('prefer_on_device, while the model is not there', () => {
  it('answers from the cloud, loads once in the background, and goes over to the device then', async () => {
    const { ask, device, cloud, events } = downloadable();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['cloud', 'cloud', 'cloud']);
    expect(await ask()).toBe('cloud');
    expect([device.loads, device.asked.length, cloud.asked.length]).toEqual([1, 0, 4]);
    device.finishLoading();
    await until(() => device.state === 'available');
    expect(await ask()).toBe('device');
    expect(device.loads).toBe(1);
    expect(events.filter(({ type }) => type === 'engine-error')).toEqual([]);
  });

  it('waits for the device where the cloud fails', async () => {
    const { ask, cloud } = downloadable();
    cloud.error = remoteError('REMOTE_UNREACHABLE');
    expect(await ask()).toBe('device');
  });

  it('asks a device that has the model without any loading', async () => {
    const { ask, device, cloud } = makeTwo();
    expect(await ask()).toBe('device');
    expect([device.loads, cloud.asked.length]).toEqual([0, 0]);
  });

  it('asks the cloud of a device that can never have it', async () => {
    const { ask, device } = makeTwo();
    device.state = 'unavailable';
    device.error = remoteError('RUNTIME_UNAVAILABLE');
    expect(await ask()).toBe('cloud');
    expect([device.loads, device.asked.length]).toEqual([0, 0]);
  });

  it('goes over once somebody else has loaded it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { ask, device } = downloadable({ routing: { download: 'never' } });
      expect(await ask()).toBe('cloud');
      device.state = 'available';
      vi.advanceTimersByTime(1_000);
      expect(await ask()).toBe('device');
    } finally {
      vi.useRealTimers();
    }
  });

  it('tries a download that failed again, after a pause, and says what was wrong', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { ask, device, events } = downloadable();
      await ask();
      device.finishLoading(remoteError('MODEL_DOWNLOAD_FAILED'));
      await until(() => events.some(({ type }) => type === 'engine-error'));
      expect(await ask()).toBe('cloud');
      expect(device.loads).toBe(1);
      vi.advanceTimersByTime(1_000);
      expect(await ask()).toBe('cloud');
      expect(device.loads).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops loading with the predictor, and gives the model back', async () => {
    const unloaded = vi.fn(async () => {});
    const { ask, device, predictor } = downloadable();
    device.engine.unload = unloaded;
    await ask();
    expect(device.loads).toBe(1);
    await predictor.dispose();
    await until(() => unloaded.mock.calls.length === 1);
  });

  it('loads ahead when told to, and then asks the device', async () => {
    const { ask, device, predictor } = downloadable();
    const loading = predictor.load();
    device.finishLoading();
    await loading;
    expect(await ask()).toBe('device');
  });
});

describe('a download that nobody waits for', () => {
  it.each([
    ['users who save data', { connection: { saveData: true } }, 'auto', 0],
    ['devices with little memory', { deviceMemory: 1 }, 'auto', 0],
    ['anybody, when told so', {}, 'never', 0],
    ['devices with 2 GiB', { deviceMemory: 2 }, 'auto', 1],
    ['browsers that do not say', {}, 'auto', 1],
    ['users who save data, when told so', { connection: { saveData: true } }, 'always', 1],
  ] as const)('for %s: %j, %s', async (_whom, navigator, download, loads) => {
    vi.stubGlobal('navigator', navigator);
    const { ask, device } = downloadable({ routing: { download } });
    expect(await ask()).toBe('cloud');
    expect(device.loads).toBe(loads);
  });

  it('is not begun by modes that ask the cloud', async () => {
    for (const inferenceMode of ['prefer_in_cloud', 'only_in_cloud'] as const) {
      const { ask, device } = downloadable({ inferenceMode });
      expect(await ask()).toBe('cloud');
      expect(device.loads).toBe(0);
    }
  });
});

describe('a device that fails', () => {
  it('is left alone for a pause, and one request tries it then', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { ask, device } = makeTwo();
      device.error = remoteError('MODEL_CRASHED');
      expect(await ask()).toBe('cloud');
      expect(await Promise.all([ask(), ask()])).toEqual(['cloud', 'cloud']);
      expect(device.asked.length).toBe(1);
      device.error = undefined;
      vi.advanceTimersByTime(1_000);
      expect((await Promise.all([ask(), ask()])).sort()).toEqual(['cloud', 'device']);
      expect(await ask()).toBe('device');
    } finally {
      vi.useRealTimers();
    }
  });

  it('because of an input is asked again at once', async () => {
    const { ask, device } = makeTwo();
    device.error = remoteError('INPUT_REJECTED');
    expect(await ask()).toBe('cloud');
    device.error = undefined;
    expect(await ask()).toBe('device');
  });

  it('because too much waits for it sheds to the cloud at once', async () => {
    const { ask, device } = makeTwo();
    device.error = remoteError('ENGINE_OVERLOADED');
    expect(await ask()).toBe('cloud');
    device.error = undefined;
    expect(await ask()).toBe('device');
  });
});

it('options of routing are refused where they make no sense, and named', async () => {
  for (const routing of [
    { download: 'sometimes' },
    { exploration: 2 },
    { exploration: Number.NaN },
    { cloudCost: -1 },
    { downloadAfter: Number.NaN },
    null,
  ])
    expect(() => makeTwo({ routing: routing as never })).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        where: expect.stringContaining(`routing${routing === null ? '' : `.${Object.keys(routing)[0]}`}`),
      }),
    );
  expect(await failure(makeTwo().ask({ inferenceMode: 'quickest' as never }))).toMatchObject({
    code: 'OPTIONS_INVALID',
  });
});
