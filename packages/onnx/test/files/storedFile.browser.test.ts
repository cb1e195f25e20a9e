import { deleteModelFiles } from '@predcache/onnx';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BoundedCache } from '../../src/files/store/boundedCache.js';
import { FileStore } from '../../src/files/store/fileStore.js';
import { PartWriter } from '../../src/files/store/partWriter.js';
import { type CompleteRecord, newRecord } from '../../src/files/store/records.js';
import { readStored } from '../../src/files/store/storedFile.js';
import { partUrl } from '../../src/files/store/storeUrls.js';
import { sha256 } from '../support/engineModels.js';

const cacheName = 'stored-file-test';
const bytes = Uint8Array.from({ length: 10 }, (_, index) => index);
const options = { signal: new AbortController().signal, onBytes: () => {} };

/** A download of which the first part has been stored. */
async function begun() {
  const file = {
    model: { name: 'm', version: '1' },
    url: 'https://example.test/m.onnx',
    integrity: await sha256(bytes),
  };
  const cache = (await BoundedCache.open(cacheName))!;
  const store = new FileStore(cache);
  const record = newRecord({
    key: file.integrity,
    url: file.url,
    name: 'm',
    version: '1',
    partSize: 4,
    download: 'd',
    at: Date.now(),
  });
  await store.noteBegun(record);
  const writer = new PartWriter(store, record, 0);
  await writer.append(bytes.subarray(0, 5));
  return { file, store, record, writer };
}

async function stored() {
  const { file, store, writer } = await begun();
  await writer.commit(bytes, Date.now());
  const record: CompleteRecord = (await store.complete(file))!;
  const read = () => readStored(store, file, record, options);
  return { file, store, record, read };
}

afterEach(async () => {
  vi.restoreAllMocks();
  await caches.delete(cacheName);
});

describe('a stored file', () => {
  it('stays when the storage fails to give it, and is read the next time', async () => {
    const { file, store, record, read } = await stored();
    vi.spyOn(Cache.prototype, 'match').mockRejectedValueOnce(new DOMException('Busy', 'UnknownError'));
    expect(await read()).toBeUndefined();
    expect(await store.complete(file)).toEqual(record);
    expect(await read()).toEqual(bytes);
  });

  it('is deleted when a part of it is missing, or other bytes are there', async () => {
    for (const damage of ['missing', 'other'] as const) {
      const { file, store, read } = await stored();
      if (damage === 'missing') await store.cache.delete(partUrl('d', 1));
      else await store.writePart('d', 1, Uint8Array.of(9, 9, 9, 9));
      expect(await read()).toBeUndefined();
      expect(await store.complete(file)).toBeUndefined();
      expect(await store.cache.urls()).toEqual([]);
    }
  });
});

describe('a download', () => {
  it('that is deleted while it goes on leaves nothing', async () => {
    const { file, store, writer } = await begun();
    await deleteModelFiles({ cacheName, name: 'm' });
    await writer.commit(bytes, Date.now());
    expect(await store.complete(file)).toBeUndefined();
    expect(await store.cache.urls()).toEqual([]);
  });
});
