import { encodeEntries, isPredcacheError } from '@predcache/core';
import { bitsOf, sampleEntry, sampleKey, tensorsOfEveryType } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { type ExportProgress, type ImportResult, type IndexedDBOptions, indexedDB } from '../../src/index.js';
import { expectAccountsToBeRight, newName } from '../support/database.js';

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const otherModel = 'b'.repeat(64);

async function filled(count: number, options: IndexedDBOptions = {}) {
  const tier = indexedDB({ name: newName(), ...options });
  await tier.setMany(numbers(count).map((number) => sampleEntry(number)));
  return tier;
}

/** Not by a `Response`, which in Chromium fails with an error of its own. */
async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes: number[] = [];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) bytes.push(...read.value);
  return Uint8Array.from(bytes);
}

const streamOf = (bytes: Uint8Array<ArrayBuffer>) => new Response(bytes).body!;
const nothingRefused = { damaged: 0, older: 0, newer: 0, model: 0, expired: 0, known: 0, notStored: 0 };

export function transferSuite(): void {
  describe('export and import', () => {
    it('carry every entry from one tier to another, to the bit, and say how far they are', async () => {
      const from = await filled(700);
      await from.setMany([sampleEntry(7, { outputs: tensorsOfEveryType, tags: ['x'] })]);
      const exported: ExportProgress[] = [];
      const stream = from.export({ onProgress: (progress) => exported.push(progress) });
      const name = newName();
      const to = indexedDB({ name });
      const imported: ImportResult[] = [];
      const result = await to.import(stream, { onProgress: (progress) => imported.push(progress) });
      expect(result).toEqual({ imported: 700, refused: nothingRefused });
      expect(exported.map(({ entries }) => entries)).toEqual([256, 512, 700]);
      expect(exported[0]!.total).toBe(700);
      expect(imported.map((progress) => progress.imported)).toEqual([500, 700]);
      const keys = numbers(700).map(sampleKey);
      const [there, here] = await Promise.all([from.getMany(keys), to.getMany(keys)]);
      expect(bitsOf(here)).toBe(bitsOf(there));
      await Promise.all([from.close(), to.close()]);
      await expectAccountsToBeRight(name);
    });

    it('refuse what is damaged, of another model, known or too old, and take the rest', async () => {
      const now = Date.now();
      const entry = (number: number, changes = {}) => sampleEntry(number, { createdAt: now, ...changes });
      const bytes = await bytesOf(
        encodeEntries([
          entry(1),
          entry(2, { model: otherModel }),
          entry(3, { createdAt: now - 2e6 }),
          entry(4),
          entry(5, { backend: 'here it is damaged' }),
          entry(6),
          entry(7, { key: 'no digest' }),
        ]),
      );
      bytes[indexOf(bytes, 'here it is damaged')]! ^= 1;
      const tier = indexedDB({ name: newName(), ttl: 1e6 });
      await tier.setMany([entry(4, { cost: 99 })]);
      const result = await tier.import(streamOf(bytes), { models: [sampleEntry(1).model] });
      expect(result).toEqual({
        imported: 2,
        refused: { ...nothingRefused, damaged: 2, model: 1, expired: 1, known: 1 },
      });
      const found = await tier.getMany([1, 2, 3, 4, 5, 6].map(sampleKey));
      expect(found.map((each) => each?.cost)).toEqual([12.5, undefined, undefined, 99, undefined, 12.5]);
      await tier.close();
    });

    it('of a stream that is cut short, or none of ours: what is intact stays, and an error says so', async () => {
      const from = await filled(20);
      const bytes = await bytesOf(from.export());
      const to = indexedDB({ name: newName() });
      const cut = await to
        .import(streamOf(bytes.slice(0, bytes.length / 2)))
        .catch((error: unknown) => error);
      expect(isPredcacheError(cut) && cut.code).toBe('STORAGE_CORRUPT');
      const { entries } = await to.usage();
      expect(entries).toBeGreaterThan(5);
      expect(entries).toBeLessThan(15);
      const foreign = await to
        .import(streamOf(new TextEncoder().encode('<!doctype html>')))
        .catch((error: unknown) => error);
      expect(isPredcacheError(foreign) && foreign.code).toBe('STORAGE_CORRUPT');
      expect((await to.usage()).entries).toBe(entries);
      await Promise.all([from.close(), to.close()]);
    });

    it('are of one partition, and not encrypted', async () => {
      const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
        'encrypt',
        'decrypt',
      ]);
      const name = newName();
      const ann = indexedDB({ name, partition: 'ann', encrypt: { key } });
      const ben = indexedDB({ name, partition: 'ben' });
      await ann.setMany([sampleEntry(1), sampleEntry(2)]);
      await ben.setMany([sampleEntry(3)]);
      const plain = indexedDB({ name: newName() });
      expect((await plain.import(ann.export())).imported).toBe(2);
      expect(await plain.getMany([1, 2, 3].map(sampleKey))).toEqual([
        sampleEntry(1),
        sampleEntry(2),
        undefined,
      ]);
      await Promise.all([ann.close(), ben.close(), plain.close()]);
    });

    it('stop when their signal aborts', async () => {
      const from = await filled(600);
      const reason = new Error('enough');
      const exporting = new AbortController();
      const reading = bytesOf(
        from.export({ signal: exporting.signal, onProgress: () => exporting.abort(reason) }),
      );
      await expect(reading).rejects.toThrow('enough');
      const importing = new AbortController();
      const to = indexedDB({ name: newName() });
      const signal = importing.signal;
      const stopped = to.import(from.export(), { signal, onProgress: () => importing.abort(reason) });
      await expect(stopped).rejects.toBe(reason);
      expect((await to.usage()).entries).toBe(500);
      await Promise.all([from.close(), to.close()]);
    });

    it('of a closed tier fail or store nothing', async () => {
      const from = await filled(3);
      const bytes = await bytesOf(from.export());
      await from.close();
      const reading = await bytesOf(from.export()).catch((error: unknown) => error);
      expect(isPredcacheError(reading) && reading.code).toBe('STORAGE_UNAVAILABLE');
      expect(await from.import(streamOf(bytes))).toEqual({
        imported: 0,
        refused: { ...nothingRefused, notStored: 3 },
      });
    });
  });
}

function indexOf(bytes: Uint8Array, text: string): number {
  return new TextDecoder('latin1').decode(bytes).indexOf(text);
}
