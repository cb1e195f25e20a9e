import { isPredcacheError } from '../errors/predcacheError.js';
import type { OutboxRecord, OutboxStore } from '../origin/outboxStore.js';
import type { TestRunner } from './testRunner.js';

export interface OutboxStoreConformanceOptions {
  /** Makes an empty store with these bounds. */
  readonly create: (bounds: {
    readonly maxEntries?: number;
    readonly maxSize?: number;
  }) => OutboxStore | Promise<OutboxStore>;
  /** `{ describe, it, expect }` of the runner in use. */
  readonly test: TestRunner;
  /** For the suite's title. */
  readonly name: string;
}

const all = { after: 0, count: 1_000 };

/**
 * What every store of an outbox must do, ours or a user's. That it is durable cannot be told from inside a process.
 *
 * @example
 * import { describe, expect, it } from 'vitest';
 * outboxStoreConformance({ name: 'my store', create: (bounds) => myStore(bounds), test: { describe, it, expect } });
 */
export function outboxStoreConformance({
  create,
  test: { describe, it, expect },
  name,
}: OutboxStoreConformanceOptions): void {
  describe(`${name} conforms to the contract of outbox stores`, () => {
    it('gives back what was appended, in order, with growing ids', async () => {
      const store = await create({});
      expect(await store.read(all)).toEqual([]);
      await store.append([record(1), record(2, 300)]);
      await store.append([record(3, 0)]);
      const found = await store.read(all);
      expect(bytesOf(found)).toEqual(bytesOf([record(1), record(2, 300), record(3, 0)]));
      expect(found.every(({ id }, index) => id > (found[index - 1]?.id ?? 0))).toBe(true);
      await store.close();
    });

    it('keeps the order of appends that are under way at once', async () => {
      const store = await create({});
      const numbers = Array.from({ length: 50 }, (_, index) => index);
      await Promise.all(numbers.map((number) => store.append([record(number)])));
      expect(bytesOf(await store.read(all))).toEqual(bytesOf(numbers.map((number) => record(number))));
      await store.close();
    });

    it('is read in parts', async () => {
      const store = await create({});
      await store.append([1, 2, 3, 4, 5].map((number) => record(number)));
      const first = await store.read({ after: 0, count: 2 });
      const second = await store.read({ after: first[1]!.id, count: 2 });
      const third = await store.read({ after: second[1]!.id, count: 2 });
      expect(bytesOf([...first, ...second, ...third])).toEqual(bytesOf(await store.read(all)));
      expect(third.length).toBe(1);
      await store.close();
    });

    it('removes what it is told, and nothing that is not the same', async () => {
      const store = await create({});
      await store.append([record(1), record(2), record(3)]);
      const found = await store.read(all);
      const ofAnother = { id: found[0]!.id, bytes: record(9) };
      await store.remove([ofAnother, found[1]!, { id: found[2]!.id + 1, bytes: record(3) }]);
      expect(bytesOf(await store.read(all))).toEqual(bytesOf([record(1), record(3)]));
      await store.remove([found[1]!]);
      expect((await store.usage()).entries).toBe(2);
      await store.close();
    });

    it('never gives an id again', async () => {
      const store = await create({});
      await store.append([record(1), record(2)]);
      const before = await store.read(all);
      await store.remove(before);
      await store.append([record(3)]);
      expect((await store.read(all))[0]!.id).toBeGreaterThan(before[1]!.id);
      await store.close();
    });

    it('counts what it holds, and says so with each change', async () => {
      const store = await create({ maxEntries: 10, maxSize: 1_000 });
      const usage = (entries: number, bytes: number) => ({ entries, bytes, maxEntries: 10, maxSize: 1_000 });
      expect(await store.usage()).toEqual(usage(0, 0));
      expect(await store.append([record(1, 100), record(2, 50)])).toEqual(usage(2, 150));
      expect(await store.usage()).toEqual(usage(2, 150));
      const [first] = await store.read(all);
      expect(await store.remove([first!])).toEqual(usage(1, 50));
      expect(await store.remove([first!])).toEqual(usage(1, 50));
      expect(await store.usage()).toEqual(usage(1, 50));
      await store.close();
    });

    it('takes all or none, and no more than it may hold', async () => {
      const store = await create({ maxEntries: 3, maxSize: 100 });
      await store.append([record(1, 40), record(2, 40)]);
      for (const tooMuch of [[record(3, 1), record(4, 1)], [record(3, 21)]]) {
        const error = await failureOf(store.append(tooMuch));
        expect(isPredcacheError(error) && error.code).toBe('OUTBOX_FULL');
        expect((await store.usage()).entries).toBe(2);
      }
      expect((await store.append([record(3, 20)])).bytes).toBe(100);
      expect((await store.read(all)).length).toBe(3);
      await store.close();
    });

    it('rejects everything once closed', async () => {
      const store = await create({});
      await store.append([record(1)]);
      const [found] = await store.read(all);
      await store.close();
      await store.close();
      for (const call of [
        () => store.append([record(2)]),
        () => store.read(all),
        () => store.remove([found!]),
        () => store.usage(),
      ]) {
        expect(isPredcacheError(await failureOf(call()))).toBe(true);
      }
    });
  });
}

function record(number: number, length = 40): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => number + index);
}

function bytesOf(records: readonly (OutboxRecord | Uint8Array)[]): readonly string[] {
  return records.map((each) => [...('bytes' in each ? each.bytes : each)].join(' '));
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}
