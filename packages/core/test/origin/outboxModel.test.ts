import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isPredcacheError, memoryOutbox, Outbox, type OutboxStore } from '../../src/index.js';
import { sampleEntry, sampleKey } from '../../src/testing/index.js';
import { mortalStore } from '../support/mortalStore.js';
import { type Behaviour, RecordingOrigin } from '../support/recordingOrigin.js';

type Step =
  | { readonly do: 'put'; readonly key: number; readonly isPoisonous: boolean }
  | { readonly do: 'wait'; readonly time: number }
  | { readonly do: 'behave'; readonly behaviours: readonly Behaviour[] }
  | { readonly do: 'failKey'; readonly key: number; readonly isFailing: boolean }
  | { readonly do: 'flush' | 'die' | 'dispose' };

const keys = 3;
const maxEntries = 12;
const key = fc.integer({ min: 0, max: keys - 1 });
const behaviour = fc.constantFrom<Behaviour>(
  'take',
  'fail',
  'hang',
  'takeAndFail',
  'takeHalfAndFail',
  'throw',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      key,
      isPoisonous: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.integer({ min: 0, max: 20_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('behave' as const),
      behaviours: fc.array(behaviour, { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('failKey' as const), key, isFailing: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('flush' as const, 'die' as const, 'dispose' as const) }),
  },
);

/** Processes that come and go on one store, and everything that they were told. */
class Subject {
  readonly origin = new RecordingOrigin();
  readonly inner: OutboxStore = memoryOutbox({ maxEntries });
  readonly acknowledged = new Set<number>();
  readonly full = new Set<number>();
  readonly refused = new Set<number>();
  readonly keyOfNumber: number[] = [];
  readonly unexpected: unknown[] = [];
  #process = this.#start();

  #start() {
    const mortal = mortalStore(this.inner);
    const outbox = new Outbox({ store: mortal.store, origin: this.origin.seenBy(mortal), batchSize: 4 });
    outbox.subscribe((event) => {
      if (event.type === 'origin-refused') this.refused.add(event.entry.outputs as number);
      if (event.type === 'outbox-error' || event.type === 'outbox-damaged') this.unexpected.push(event);
    });
    return { mortal, outbox };
  }

  async do(step: Step): Promise<void> {
    if (step.do === 'put') this.#put(step.key, step.isPoisonous);
    if (step.do === 'wait') await vi.advanceTimersByTimeAsync(step.time);
    if (step.do === 'behave') this.origin.behaviours = [...step.behaviours];
    if (step.do === 'failKey') {
      if (step.isFailing) this.origin.failingKeys.add(sampleKey(step.key));
      else this.origin.failingKeys.delete(sampleKey(step.key));
    }
    if (step.do === 'flush') this.#flush();
    if (step.do === 'die') {
      this.#process.mortal.die();
      this.#process = this.#start();
    }
    if (step.do === 'dispose') {
      await this.#process.outbox.dispose();
      this.#process.mortal.die();
      this.#process = this.#start();
    }
    const { entries } = await this.inner.usage();
    expect(entries).toBeLessThanOrEqual(maxEntries);
  }

  #put(key: number, isPoisonous: boolean): void {
    const number = this.keyOfNumber.push(key) - 1;
    if (isPoisonous) this.origin.poisonous.add(number);
    this.#process.outbox.put(sampleEntry(key, { outputs: number })).then(
      () => this.acknowledged.add(number),
      (error) => {
        if (isPredcacheError(error) && error.code === 'OUTBOX_FULL') this.full.add(number);
        else this.unexpected.push(error);
      },
    );
  }

  #flush(): void {
    this.#process.outbox.flush().catch((error) => {
      if (!isPredcacheError(error) || error.code !== 'DISPOSED') this.unexpected.push(error);
    });
  }

  /** The origin works again, for all keys but those that fail. */
  async recover(): Promise<void> {
    this.origin.behaviours = [];
    await vi.advanceTimersByTimeAsync(600_000);
    const isHeldBack = (number: number) => this.origin.failingKeys.has(sampleKey(this.keyOfNumber[number]!));
    const delivered = new Set([...this.origin.numbers, ...this.refused]);
    expect([...this.acknowledged].filter((number) => !delivered.has(number) && !isHeldBack(number))).toEqual(
      [],
    );
    this.origin.failingKeys.clear();
    for (let minutes = 0; minutes < 30; minutes++) {
      if ((await this.inner.usage()).entries === 0) break;
      await vi.advanceTimersByTimeAsync(60_000);
    }
    await this.#process.outbox.dispose();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('delivers what was acknowledged at least once, in order per key, with one idempotency key, whatever happens', async () => {
  const seen = { taken: 0, repeated: 0, refused: 0, full: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const subject = new Subject();
      for (const each of steps) await subject.do(each);
      await subject.recover();
      const { origin, acknowledged, refused, full, keyOfNumber, unexpected } = subject;
      expect(unexpected).toEqual([]);
      expect((await subject.inner.usage()).entries).toBe(0);
      const delivered = new Set(origin.numbers);
      for (const number of acknowledged)
        expect({ number, settled: delivered.has(number) || refused.has(number) }).toEqual({
          number,
          settled: true,
        });
      for (const number of refused) expect(origin.poisonous.has(number)).toBe(true);
      for (const number of full) expect(delivered.has(number)).toBe(false);
      for (let key = 0; key < keys; key++) {
        const inOrder = origin.numbers.filter((number) => keyOfNumber[number] === key);
        expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      }
      const pairs = new Set(origin.taken.map(({ number, idempotencyKey }) => `${number} ${idempotencyKey}`));
      const idempotencyKeys = new Set(origin.taken.map(({ idempotencyKey }) => idempotencyKey));
      expect([pairs.size, idempotencyKeys.size]).toEqual([delivered.size, delivered.size]);
      seen.taken += delivered.size;
      seen.repeated += origin.taken.length - delivered.size;
      seen.refused += refused.size;
      seen.full += full.size;
    }),
    { numRuns: 300 },
  );
  // What was to be tested did happen.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
}, 60_000);
