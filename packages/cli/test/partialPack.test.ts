import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { type Entry, encodeEntry, entrySize } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartialPack } from '../src/pack/partialPack.js';
import { writePack } from '../src/pack/writePack.js';
import { readPack } from './support/packs.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const modelId = 'a'.repeat(64);

function entryOf(
  number: number,
  values: readonly number[] = [number, -0, Number.NaN],
  model = modelId,
): Entry {
  const outputs = { y: { type: 'float32', dims: [values.length], data: Float32Array.from(values) } } as const;
  const digits = (whole: number) => whole.toString(16).padStart(8, '0');
  return {
    // Two and two share the bits that the table of keys keeps.
    key: `${digits(number >> 1).repeat(2)}${'0'.repeat(40)}${digits(number)}`,
    model,
    outputs,
    createdAt: 1_700_000_000_000 + number,
    cost: number / 8,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'wasm',
  };
}

async function opened(path: string, restart = false): Promise<PartialPack> {
  const pack = new PartialPack(path);
  await pack.open({ modelId, restart });
  return pack;
}

async function contentOf(pack: PartialPack): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of pack.wantedEntries()) entries.push(entry);
  return entries;
}

describe('a pack in the making', () => {
  it('gives back what was written, at once and after it was closed', async () => {
    const file = temporaryFolder();
    const entries = Array.from({ length: 3_000 }, (_, number) => entryOf(number));
    let pack = await opened(file('p'));
    for (const entry of entries) pack.add(entry);
    expect(entries.map(({ key }) => pack.get(key))).toEqual(entries);
    await pack.close();
    pack = await opened(file('p'));
    expect(pack).toMatchObject({ entries: 3_000, computed: 0, wanted: 0 });
    expect(entries.map(({ key }) => pack.get(key))).toEqual(entries);
    expect(pack.get(entryOf(3_000).key)).toBeUndefined();
    expect(await contentOf(pack)).toEqual(entries);
    await pack.remove();
    expect(() => statSync(file('p'))).toThrow();
  });

  it('keeps the first entry of a key, and gives those alone that were wanted', async () => {
    const file = temporaryFolder();
    let pack = await opened(file('p'));
    for (const number of [1, 2, 3, 4]) pack.add(entryOf(number));
    await pack.close();
    pack = await opened(file('p'));
    pack.add(entryOf(3, [7]));
    pack.add(entryOf(5));
    pack.add(entryOf(5, [8]));
    pack.get(entryOf(1).key);
    expect(await contentOf(pack)).toEqual([entryOf(1), entryOf(3), entryOf(5)]);
    expect(pack).toMatchObject({ entries: 5, computed: 1, wanted: 3 });
    await pack.close();
  });

  it('cut at any byte and gone on with has everything', async () => {
    const file = temporaryFolder();
    const lengths = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), fc.uint8Array({ maxLength: 40 }), async (sizes, at, rubbish) => {
        const entries = sizes.map((size, number) => entryOf(number, Array(size).fill(number)));
        let pack = await opened(file('p'), true);
        for (const entry of entries) pack.add(entry);
        await pack.close();
        const whole = readFileSync(file('p'));
        const cut = at % (whole.length + 1);
        // What a crash of the machine leaves behind the cut may be anything.
        writeFileSync(
          file('p'),
          Buffer.concat([whole.subarray(0, cut), cut < 3 ? Buffer.alloc(0) : rubbish]),
        );
        pack = await opened(file('p'));
        let intact = 0;
        for (let end = 0; intact < entries.length; intact++) {
          end += encodeEntry(entries[intact]!).length;
          if (end > cut) break;
        }
        expect(pack.entries).toBe(intact);
        for (const entry of entries) if (pack.get(entry.key) === undefined) pack.add(entry);
        expect(pack.computed).toBe(entries.length - intact);
        await writePack(file('pack.bin'), pack.wantedEntries());
        expect(readFileSync(file('p')).equals(whole)).toBe(true);
        await pack.close();
        expect(await readPack(file('pack.bin'))).toEqual(entries);
      }),
      { numRuns: 200 },
    );
  });

  it('with a flipped bit anywhere is gone on with from there', async () => {
    const file = temporaryFolder();
    const entries = [0, 1, 2].map((number) => entryOf(number));
    const whole = Buffer.concat(entries.map(encodeEntry));
    const length = whole.length / 3;
    // In the first entry a flipped bit may also make the file look like none of ours.
    for (let at = length; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(file('p'), damaged);
      const pack = await opened(file('p'));
      expect(pack.entries).toBe(Math.floor(at / length));
      await pack.close();
      expect(statSync(file('p')).size).toBe(Math.floor(at / length) * length);
    }
  });

  it('is refused and left as it is when it is not of this model, of another version, or none', async () => {
    const file = temporaryFolder();
    const other = Buffer.concat([encodeEntry(entryOf(1, [1], 'b'.repeat(64))), Buffer.from('torn')]);
    const newer = Buffer.from(encodeEntry(entryOf(1)));
    newer[0] = 2;
    const cases: [Uint8Array, string][] = [
      [other, 'another model'],
      [newer, 'another version'],
      [Buffer.from('{"text":"a"}\n'), 'none of ours'],
      [Buffer.from('{}'), 'none of ours'],
    ];
    for (const [bytes, said] of cases) {
      writeFileSync(file('p'), bytes);
      const pack = new PartialPack(file('p'));
      const error: unknown = await pack.open({ modelId }).catch((reason: unknown) => reason);
      await pack.close();
      expect(error).toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining(said) });
      expect(readFileSync(file('p')).equals(bytes)).toBe(true);
      const restarted = await opened(file('p'), true);
      expect(restarted.entries).toBe(0);
      await restarted.close();
    }
  });

  it('that cannot be written says so, and a file that cannot be opened too', async () => {
    const file = temporaryFolder();
    const pack = await opened(file('p'));
    await pack.close();
    const failed = expect.objectContaining({ code: 'STORAGE_FAILED', where: file('p') });
    expect(() => pack.add(entryOf(1))).toThrowError(failed);
    await expect(opened(file('.'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('notices that somebody else has written to it', async () => {
    const file = temporaryFolder();
    const [mine, other] = [await opened(file('p')), await opened(file('p'))];
    for (const number of [1, 2]) mine.add(entryOf(number));
    for (const number of [3, 4, 5]) other.add(entryOf(number));
    await expect(contentOf(mine)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    truncateSync(file('p'), 10);
    await expect(contentOf(other)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(() => other.get(entryOf(5).key)).toThrowError(
      expect.objectContaining({ code: 'STORAGE_CORRUPT' }),
    );
    await Promise.all([mine.close(), other.close()]);
  });
});

describe('writePack', () => {
  it('leaves the old pack where it is when the new one fails', async () => {
    const file = temporaryFolder({ 'pack.bin': 'the last one' });
    async function* failing() {
      yield entryOf(1);
      throw new Error('gone');
    }
    await expect(writePack(file('pack.bin'), failing())).rejects.toThrow('gone');
    expect(readFileSync(file('pack.bin'), 'utf8')).toBe('the last one');
    expect(() => statSync(file('pack.bin.unfinished'))).toThrow();
  });

  it('ends with the reason of its signal', async () => {
    const file = temporaryFolder();
    const reason = new Error('enough');
    async function* entries() {
      yield entryOf(1);
      controller.abort(reason);
      yield entryOf(2);
    }
    const controller = new AbortController();
    await expect(writePack(file('pack.bin'), entries(), controller.signal)).rejects.toBe(reason);
    expect(() => statSync(file('pack.bin'))).toThrow();
  });
});
