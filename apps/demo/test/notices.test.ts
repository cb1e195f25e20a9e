import { PredcacheError, type PredictorEvent } from '@predcache/core';
import { describe, expect, test } from 'vitest';
import { type EngineChoice, noticesOf } from '../src/notices/notices.js';
import { reasonOf } from '../src/notices/reasonOf.js';

const errorOf = (what: string, code: PredcacheError['code'] = 'ENGINE_FAILED') =>
  new PredcacheError({ code, what, where: 'test', hint: 'Wait' });

const deviceFails: PredictorEvent = { type: 'engine-error', source: 'on_device', error: errorOf('no wasm') };
const cloudFails: PredictorEvent = { type: 'engine-error', source: 'in_cloud', error: errorOf('no route') };
const computedBy = (source: 'on_device' | 'in_cloud'): PredictorEvent => ({
  type: 'computed',
  key: 'k',
  source,
  backend: 'test',
  latency: 1,
  cost: 1,
});
const diskFails: PredictorEvent = {
  type: 'tier-error',
  tier: 'indexeddb',
  operation: 'open',
  error: errorOf('It is blocked'),
};
const storedIn = (tier: 'memory' | 'indexeddb'): PredictorEvent => ({
  type: 'stored',
  key: 'k',
  tier,
  size: 1,
});

const textsOf = (
  events: readonly PredictorEvent[],
  { isOnline = true, engine = 'device' }: { isOnline?: boolean; engine?: EngineChoice } = {},
) =>
  noticesOf({ isOnline, engine, events: events.map((event, id) => ({ id, at: 0, event })) }).map(
    ({ text }) => text,
  );

test('all is well: nothing to say', () => {
  expect(textsOf([])).toEqual([]);
  expect(textsOf([computedBy('on_device'), computedBy('in_cloud'), storedIn('indexeddb')])).toEqual([]);
});

describe('engines', () => {
  test('the device fails: the API answers', () => {
    expect(textsOf([deviceFails, computedBy('in_cloud')])).toEqual([
      'This device cannot compute: no wasm. The API answers instead.',
    ]);
  });

  test('the API fails: the device computes', () => {
    expect(textsOf([cloudFails, computedBy('on_device')], { engine: 'cloud' })).toEqual([
      'The API does not answer: no route. This device computes instead.',
    ]);
  });

  test('both fail: neither is promised', () => {
    const texts = textsOf([deviceFails, cloudFails]);
    expect(texts).toHaveLength(2);
    expect(texts.every((text) => text.endsWith('Known texts are still answered.'))).toBe(true);
  });

  test('what works again is not complained of', () => {
    expect(textsOf([deviceFails, computedBy('in_cloud'), computedBy('on_device')])).toEqual([]);
    const events = [cloudFails, computedBy('on_device'), computedBy('in_cloud')];
    expect(textsOf(events, { engine: 'cloud' })).toEqual([]);
  });
});

describe('an engine that is not chosen', () => {
  test('is not complained of while the chosen one works', () => {
    expect(textsOf([cloudFails, computedBy('on_device')], { engine: 'device' })).toEqual([]);
    expect(textsOf([deviceFails, computedBy('in_cloud')], { engine: 'cloud' })).toEqual([]);
  });

  test('is, when the chosen one fails as well', () => {
    expect(textsOf([cloudFails, deviceFails], { engine: 'device' })).toHaveLength(2);
    expect(textsOf([cloudFails, deviceFails], { engine: 'cloud' })).toHaveLength(2);
  });
});

describe('offline', () => {
  test('answers come from memory, disk and the device that has computed before', () => {
    expect(textsOf([computedBy('on_device')], { isOnline: false })).toEqual([
      'Offline, answering from memory, disk and this device.',
    ]);
  });

  test('a device that has not computed is not promised, nor one that fails', () => {
    expect(textsOf([], { isOnline: false })).toEqual(['Offline, answering from memory and disk.']);
    expect(textsOf([computedBy('on_device'), deviceFails], { isOnline: false })[0]).toBe(
      'Offline, answering from memory and disk.',
    );
  });

  test('that the API cannot be reached goes without saying', () => {
    expect(textsOf([computedBy('on_device'), cloudFails], { isOnline: false })).toHaveLength(1);
  });
});

describe('disk', () => {
  test('trouble is told until something is stored on it again', () => {
    expect(textsOf([diskFails])).toEqual(['No storage on disk: It is blocked. Answers are kept in memory.']);
    expect(textsOf([diskFails, storedIn('memory')])).toHaveLength(1);
    expect(textsOf([diskFails, storedIn('indexeddb')])).toEqual([]);
  });
});

test('long words of a runtime are put shortly', () => {
  const long = `no available backend found: ${'x'.repeat(400)}`;
  expect(reasonOf(errorOf(long, 'RUNTIME_UNAVAILABLE'))).toBe('the runtime (wasm) did not start');
  expect(reasonOf(errorOf(long, 'ENGINES_FAILED'))).toBe('neither this device nor the API can compute it');
  expect(reasonOf(errorOf(long, 'MODEL_DOWNLOAD_FAILED'))).toBe('the model could not be downloaded');
  expect(reasonOf(errorOf(long)).length).toBeLessThan(130);
});
