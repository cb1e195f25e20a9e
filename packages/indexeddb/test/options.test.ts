import { isPredcacheError } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { type IndexedDBOptions, indexedDB } from '../src/index.js';
import { toSettings } from '../src/options.js';

describe('options', () => {
  it('have defaults, and undefined means the default', () => {
    const defaults = {
      maxSize: 64e6,
      maxEntries: Number.POSITIVE_INFINITY,
      ttl: Number.POSITIVE_INFINITY,
      hotSet: 4e6,
      partition: undefined,
      key: undefined,
      durability: 'relaxed',
      name: 'predcache',
      timeout: 3_000,
      gatherTime: 30,
    };
    expect(toSettings({})).toEqual(defaults);
    expect(
      toSettings({ maxSize: undefined, maxEntries: undefined, name: undefined, timeout: undefined }),
    ).toEqual(defaults);
  });

  it.each<[string, unknown]>([
    ['maxSize', 0],
    ['maxSize', Number.NaN],
    ['maxSize', '64e6'],
    ['maxEntries', -1],
    ['maxEntries', 0.5],
    ['ttl', 0],
    ['ttl', 'long'],
    ['hotSet', -1],
    ['hotSet', Number.POSITIVE_INFINITY],
    ['partition', ''],
    ['partition', 7],
    ['encrypt', {}],
    ['encrypt', { key: 'secret' }],
    ['durability', 'lax'],
    ['name', ''],
    ['name', 7],
    ['timeout', 0],
    ['timeout', Number.POSITIVE_INFINITY],
    ['timeout', 2 ** 31],
  ])('%s: %s is refused, with the option named', (option, value) => {
    let error: unknown;
    try {
      indexedDB({ [option]: value } as IndexedDBOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(isPredcacheError(error) && [error.code, error.where]).toEqual([
      'OPTIONS_INVALID',
      `indexedDB({ ${option} })`,
    ]);
  });
});
