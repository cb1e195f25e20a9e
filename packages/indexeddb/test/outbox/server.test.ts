import { Outbox } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { expect, it } from 'vitest';
import { indexedDBOutbox } from '../../src/index.js';

it('where there is no IndexedDB, every call says so, and none hangs', async () => {
  expect(globalThis.indexedDB).toBeUndefined();
  const outbox = new Outbox({ store: indexedDBOutbox(), origin: { write: async () => {} } });
  const expected = {
    code: 'STORAGE_UNAVAILABLE',
    hint: 'Nothing can be kept for the origin here: write to it at once',
  };
  await expect(outbox.put(sampleEntry(1))).rejects.toMatchObject(expected);
  await expect(outbox.flush()).rejects.toMatchObject(expected);
  await expect(outbox.stats()).rejects.toMatchObject(expected);
  await outbox.dispose();
});
