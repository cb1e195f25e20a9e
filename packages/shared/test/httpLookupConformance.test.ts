import type { Entry, SetOptions, Tier } from '@predcache/core';
import { type TestRunner, tierConformance } from '@predcache/core/testing';
import { httpLookup } from '@predcache/shared';
import { describe, expect, it } from 'vitest';
import { predictionServer } from './predictionServer.js';

/**
 * What a tier that only reads cannot do: replace, count, bound and delete what it does not hold. All else of the suite
 * applies; what it stores is put into the server, as other clients' misses would.
 */
const beyondReading = [
  'replaces an entry of the same key, and counts it once',
  'deletes by key, by model and everything, and counts what it removed',
  'deletes by tags, any of them, and of that model only',
  'deletes what was computed before a time, of that model only',
  'deletes what a function says yes to, or fails on, of that model only',
  'covers with a delete the writes that were called before it, settled or not',
  'holds its bounds, in bytes and in entries, and says what it evicted',
  'refuses an entry larger than itself, says so, and keeps the others',
  'stays right under many calls at once',
];

const met: string[] = [];
const reading: TestRunner = {
  describe,
  expect,
  it: (name, body) => {
    met.push(name);
    if (!beyondReading.includes(name)) it(name, body);
  },
};

async function create(): Promise<Tier> {
  const server = await predictionServer();
  const tier = httpLookup({ baseUrl: server.url, missTtl: 0 });
  let isClosed = false;
  return {
    name: tier.name,
    subscribe: (listener) => tier.subscribe(listener),
    getMany: (keys, model) => tier.getMany(keys, model),
    setMany: (entries: readonly Entry[], options?: SetOptions) => {
      expect(tier.setMany(entries, options)).toBe(0);
      if (isClosed) return 0;
      for (const entry of entries) server.entries.set(entry.key, entry);
      return entries.length;
    },
    delete: (selector) => tier.delete(selector),
    usage: () => tier.usage(),
    close: () => {
      isClosed = true;
      return tier.close();
    },
  };
}

tierConformance({ name: 'httpLookup', create, test: reading });

it('the tests left out are tests of the suite', () => {
  expect(met).toEqual(expect.arrayContaining(beyondReading));
  expect(met.length - beyondReading.length).toBeGreaterThan(8);
});
