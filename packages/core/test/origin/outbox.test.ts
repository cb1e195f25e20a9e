import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Entry,
  memoryOutbox,
  Outbox,
  type OutboxEvent,
  type OutboxOptions,
  type OutboxStore,
  PredcacheError,
} from '../../src/index.js';
import { sampleEntry, sampleKey } from '../../src/testing/index.js';
import { RecordingOrigin } from '../support/recordingOrigin.js';

const storageError = new PredcacheError({ code: 'STORAGE_FAILED', what: 'x', where: 'x', hint: 'x' });

describe('an outbox', () => {
  let origin: RecordingOrigin;
  let store: OutboxStore;
  let outbox: Outbox;
  let events: OutboxEvent[];

  const open = (options: Partial<OutboxOptions> = {}) => {
    outbox = new Outbox({ store, origin: origin.seenBy(), ...options });
    outbox.subscribe((event) => events.push(event));
  };
  /** A write of a key, known by its outputs. */
  const write = (number: number, key = number): Entry => sampleEntry(key, { outputs: number });
  const putAll = (...numbers: number[]) => Promise.all(numbers.map((number) => outbox.put(write(number))));
  const waiting = async () => (await store.usage()).entries;
  const of = <Type extends OutboxEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<OutboxEvent, { type: Type }> => event.type === type);

  beforeEach(() => {
    vi.useFakeTimers();
    // The longest pause there can be.
    vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
    origin = new RecordingOrigin();
    store = memoryOutbox({ maxEntries: 100 });
    events = [];
    open();
  });

  afterEach(async () => {
    await outbox.dispose();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('acknowledges what is stored while the origin does not answer, and delivers it in time', async () => {
    origin.behaviours = ['hang'];
    await outbox.put(write(1));
    expect(await waiting()).toBe(1);
    await vi.advanceTimersByTimeAsync(31_001);
    expect(origin.calls).toEqual([[1], [1]]);
    expect(origin.signals[0]?.aborted).toBe(true);
    expect(await waiting()).toBe(0);
  });

  it('delivers in calls of so many, in order', async () => {
    await outbox.dispose();
    store = memoryOutbox();
    open({ batchSize: 3 });
    await putAll(1, 2, 3, 4, 5, 6, 7);
    await vi.advanceTimersByTimeAsync(0);
    expect(origin.calls).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('delivers every write of a key', async () => {
    await Promise.all([1, 2, 3].map((number) => outbox.put(write(number, 1))));
    expect(await outbox.flush()).toEqual({ delivered: 3, left: 0 });
    expect(origin.numbers).toEqual([1, 2, 3]);
  });

  it('delivers the entry as it was put', async () => {
    const outputs = { y: { type: 'float32' as const, dims: [1], data: Float32Array.of(7) } };
    const seen: Entry[] = [];
    await outbox.dispose();
    store = memoryOutbox();
    open({ origin: { write: async (writes) => void seen.push(...writes.map(({ entry }) => entry)) } });
    const putting = outbox.put(sampleEntry(1, { outputs, tags: ['a'], computedBy: 'app' }));
    outputs.y.data[0] = 8;
    await putting;
    await outbox.flush();
    const expected = { y: { type: 'float32', dims: [1], data: Float32Array.of(7) } };
    expect(seen).toEqual([sampleEntry(1, { outputs: expected as never, tags: ['a'], computedBy: 'app' })]);
  });

  it('says how it stands', async () => {
    origin.behaviours = ['fail'];
    await putAll(1, 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(of('outbox').at(-1)).toMatchObject({ waiting: 2, delivered: 0, failed: 1, refused: 0 });
    expect(of('outbox').at(-1)?.lastError).toMatchObject({ code: 'ORIGIN_FAILED', what: 'Not now' });
    const { bytes } = await store.usage();
    expect(await outbox.stats()).toMatchObject({ waiting: 2, bytes, failed: 1 });
    await outbox.flush();
    const stats = { waiting: 0, bytes: 0, delivered: 2, failed: 1, refused: 0 };
    expect(of('outbox').at(-1)).toEqual({ type: 'outbox', ...stats });
    expect(await outbox.stats()).toEqual(stats);
  });

  it('pauses longer after each failure in a row, up to a minute', async () => {
    origin.behaviours = Array(12).fill('fail');
    const moments: number[] = [];
    const { length } = origin.calls;
    expect(length).toBe(0);
    const started = Date.now();
    await outbox.put(write(1));
    for (let calls = 0; calls < 10; ) {
      await vi.advanceTimersByTimeAsync(100);
      if (origin.calls.length > calls) moments.push(Date.now() - started);
      calls = origin.calls.length;
    }
    const pauses = moments.slice(1).map((moment, index) => moment - moments[index]!);
    for (const [index, pause] of pauses.entries()) {
      const expected = Math.min(60_000, 1_000 * 2 ** index);
      expect(pause).toBeGreaterThanOrEqual(expected - 100);
      expect(pause).toBeLessThanOrEqual(expected + 100);
    }
  });

  it('does not look at the store all the time while keys are held back', async () => {
    const read = vi.spyOn(store, 'read');
    origin.failingKeys.add(sampleKey(1));
    await outbox.put(write(1));
    await vi.advanceTimersByTimeAsync(600_000);
    // 1, 2, 4, … s and then each minute: some 15 calls, each with a look at what is behind it now and then.
    expect(origin.calls.length).toBeLessThan(20);
    expect(read.mock.calls.length).toBeLessThan(60);
  });

  it('a write that fails alone holds back its own key only', async () => {
    origin.failingKeys.add(sampleKey(1));
    await putAll(1, 2, 3);
    await outbox.put(write(4, 1));
    await outbox.put(write(5, 3));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(origin.numbers).toEqual([2, 3, 5]);
    expect(await waiting()).toBe(2);
    origin.failingKeys.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(origin.numbers).toEqual([2, 3, 5, 1, 4]);
  });

  it('gives up what is refused alone, says so with the entry, and delivers the rest at once', async () => {
    origin.poisonous.add(2);
    await putAll(1, 2, 3);
    await vi.advanceTimersByTimeAsync(0);
    expect(origin.numbers).toEqual([1, 3]);
    expect(await waiting()).toBe(0);
    const refusals = of('origin-refused');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ entry: write(2), error: { code: 'ORIGIN_REFUSED', what: 'Never' } });
    expect(refusals[0]?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    expect(await outbox.stats()).toMatchObject({ delivered: 2, refused: 1 });
  });

  it('takes an error of code ORIGIN_REFUSED for a refusal', async () => {
    await outbox.dispose();
    store = memoryOutbox();
    const error = new PredcacheError({ code: 'ORIGIN_REFUSED', what: 'No', where: 'x', hint: 'x' });
    open({ origin: { write: () => Promise.reject(error) } });
    await outbox.put(write(1));
    expect(await outbox.flush()).toEqual({ delivered: 0, left: 0 });
    expect(of('origin-refused')).toHaveLength(1);
  });

  it('does not deliver twice when it is flushed while it delivers', async () => {
    let finish = () => {};
    await outbox.dispose();
    store = memoryOutbox();
    const calls: number[] = [];
    open({
      origin: {
        write: (writes) => {
          calls.push(writes.length);
          return new Promise((resolve) => {
            finish = resolve;
          });
        },
      },
    });
    await outbox.put(write(1));
    await vi.advanceTimersByTimeAsync(0);
    const flushing = outbox.flush();
    await vi.advanceTimersByTimeAsync(0);
    finish();
    expect(await flushing).toEqual({ delivered: 1, left: 0 });
    expect(calls).toEqual([1]);
  });

  it('a flush settles though the origin hangs, and says why something is left', async () => {
    origin.behaviours = ['hang', 'hang'];
    await outbox.put(write(1));
    const flushing = outbox.flush();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await flushing).toMatchObject({ delivered: 0, left: 1, error: { code: 'ORIGIN_TIMEOUT' } });
  });

  it('a flush ends with its signal, and so does the call of the origin', async () => {
    origin.behaviours = ['hang', 'hang'];
    await outbox.put(write(1));
    // The first call ends in time, the second one with the signal.
    await vi.advanceTimersByTimeAsync(30_000);
    const controller = new AbortController();
    const flushing = outbox.flush({ signal: controller.signal });
    const failed = expect(flushing).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(100);
    expect(origin.signals[1]?.aborted).toBe(false);
    controller.abort(new Error('enough'));
    await failed;
    expect(origin.signals[1]?.aborted).toBe(true);
    await expect(outbox.flush({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect(await waiting()).toBe(1);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(await waiting()).toBe(0);
  });

  it('refuses what it has no room for, and takes what it has', async () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index);
    origin.behaviours = ['hang'];
    const outcomes = await Promise.allSettled(numbers.map((number) => outbox.put(write(number))));
    const failures = outcomes.filter(({ status }) => status === 'rejected');
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      reason: { code: 'OUTBOX_FULL', details: { entries: 100, maxEntries: 100, added: 1 } },
    });
    expect(outcomes.at(-1)?.status).toBe('rejected');
    expect(await waiting()).toBe(100);
  });

  it('refuses what is no entry, alone', async () => {
    const putting = [outbox.put(write(1)), outbox.put({ ...write(2), cost: -1 }), outbox.put(write(3))];
    const outcomes = await Promise.allSettled(putting);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'STORAGE_FAILED' } });
  });

  it('delivers what another session has left, a little after the start', async () => {
    origin.behaviours = ['hang'];
    await putAll(1, 2);
    const inner = store;
    const left = { ...pick(inner), close: async () => {} };
    store = left;
    open();
    expect(origin.calls.length).toBeLessThanOrEqual(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(origin.numbers).toEqual([1, 2]);
  });

  it('delivers, after a minute, what another tab has put and left', async () => {
    await outbox.flush();
    const other = new Outbox({
      store: { ...pick(store), close: async () => {} },
      origin: { write: () => new Promise(() => {}) },
    });
    await other.put(write(1));
    await other.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(origin.numbers).toEqual([1]);
  });

  it('once disposed of, settles everything, keeps what is left and takes nothing more', async () => {
    const inner = store;
    await outbox.dispose();
    store = { ...pick(inner), close: async () => {} };
    // The memory one is closed by now.
    store = memoryOutbox();
    const close = vi.spyOn(store, 'close').mockResolvedValue();
    origin.behaviours = ['hang'];
    open();
    const putting = outbox.put(write(1));
    const flushing = outbox.flush().catch((error) => error.code);
    await outbox.dispose();
    await putting;
    expect(await flushing).toBe('DISPOSED');
    expect(close).toHaveBeenCalledOnce();
    expect(await waiting()).toBe(1);
    await expect(outbox.put(write(2))).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(outbox.flush()).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('removes what is damaged, says so, and delivers the rest; what is newer it leaves alone', async () => {
    await outbox.dispose();
    store = memoryOutbox();
    open();
    origin.behaviours = ['hang'];
    await putAll(1, 2, 3, 4);
    const records = await store.read({ after: 0, count: 4 });
    const damages = [
      undefined,
      (bytes: Uint8Array) => flip(bytes, 10),
      (bytes: Uint8Array) => flip(bytes, bytes.length - 1),
    ];
    await store.remove(records);
    for (const [index, { bytes }] of records.entries()) {
      damages[index]?.(bytes);
      if (index === 3) bytes[0] = 2;
      await store.append([bytes]);
    }
    await store.append([new Uint8Array(0)]);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(origin.numbers).toEqual([1]);
    expect(of('outbox-damaged').map(({ records }) => records)).toEqual([3]);
    expect(await waiting()).toBe(1);
  });

  it('goes on when the storage fails while it delivers', async () => {
    const read = vi.spyOn(store, 'read').mockRejectedValueOnce(storageError);
    await outbox.put(write(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(of('outbox-error')).toEqual([{ type: 'outbox-error', error: storageError }]);
    expect(origin.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(origin.numbers).toEqual([1]);
    read.mockRejectedValue(storageError);
    await expect(outbox.flush()).rejects.toBe(storageError);
  });

  it('does not deliver again what is delivered and cannot be removed', async () => {
    vi.spyOn(store, 'remove').mockRejectedValueOnce(storageError).mockRejectedValueOnce(storageError);
    await outbox.put(write(1));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(of('outbox-error')).toHaveLength(2);
    expect(origin.calls).toEqual([[1]]);
    expect(await waiting()).toBe(0);
  });

  it.each<Partial<Record<keyof OutboxOptions, unknown>>>([
    { store: {} },
    { origin: {} },
    { batchSize: 0 },
    { batchSize: 1.5 },
    { timeout: 0 },
    { interval: Number.NaN },
    { startPause: -1 },
  ])('is not made with %j', (options) => {
    const [option] = Object.keys(options);
    expect(() => new Outbox({ store, origin: origin.seenBy(), ...options } as OutboxOptions)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', where: `outbox({ ${option} })` }),
    );
  });
});

function pick(store: OutboxStore): OutboxStore {
  return {
    name: store.name,
    append: (records) => store.append(records),
    read: (options) => store.read(options),
    remove: (records) => store.remove(records),
    usage: () => store.usage(),
    close: () => store.close(),
  };
}

function flip(bytes: Uint8Array, at: number): void {
  bytes[at]! ^= 1;
}
