import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { RandomNumbers } from '../policies/randomNumbers.js';
import { SlotDriver } from './slotDriver.js';
import type { TestRunner } from './testRunner.js';

export interface PolicyConformanceOptions {
  /** A new policy that holds no slot. */
  readonly create: () => EvictionPolicy;
  /** `{ describe, it, expect }` of the runner in use. */
  readonly test: TestRunner;
  /** For the suite's title. */
  readonly name: string;
}

/** Sizes and costs that sums, quotients and comparisons stumble over. */
const oddNumbers = [0, 1e-9, 0.1, 1 / 3, 1, 1e12];
const oddHashes = [0, -1, 1, 2 ** 31 - 1, -(2 ** 31)];

/**
 * What every eviction policy must do, ours or a user's: name slots that are held, all of them sooner or later, and
 * keep nothing of those that are gone. Which slot comes first is the policy's own affair.
 *
 * @example
 * import { describe, expect, it } from 'vitest';
 * policyConformance({ name: 'my policy', create: () => new MyPolicy(), test: { describe, expect, it } });
 */
export function policyConformance({
  create,
  test: { describe, it, expect },
  name,
}: PolicyConformanceOptions): void {
  const drive = (policy = create()) => new SlotDriver(policy, expect);
  const numbered = (count: number) => Array.from({ length: count }, (_, slot) => slot);
  const sorted = (slots: Iterable<number>) => [...slots].sort((a, b) => a - b);

  describe(`${name} conforms to the eviction policy contract`, () => {
    it('has a name', () => {
      expect(typeof create().name).toBe('string');
      expect(create().name.length).toBeGreaterThan(0);
    });

    it('evicts every slot that is held, each once', () => {
      for (const count of [1, 2, 3, 10, 100, 1000]) {
        const driver = drive();
        driver.fill(count);
        for (let slot = 0; slot < count; slot += 3) driver.use(slot);
        expect(sorted(driver.drain())).toEqual(numbered(count));
      }
    });

    it('works with a single slot', () => {
      const driver = drive();
      for (let round = 0; round < 100; round++) {
        const slot = driver.insert({ hash: round });
        for (let use = 0; use < round % 5; use++) driver.use(slot);
        if (round % 7 === 0) driver.remove(slot);
        else expect(driver.evict()).toBe(0);
      }
    });

    it('never evicts what was removed, wherever it was', () => {
      for (const step of [1, 2, 3, 7]) {
        const driver = drive();
        driver.fill(60);
        for (let slot = 0; slot < 60; slot += 2) driver.use(slot);
        for (let slot = 59; slot >= 0; slot -= step) driver.remove(slot);
        const left = sorted(driver.held);
        expect(sorted(driver.drain())).toEqual(left);
      }
    });

    it('goes on where it was when slots are removed between evictions', () => {
      const driver = drive();
      driver.fill(50);
      for (let round = 0; driver.held.size > 0; round++) {
        driver.evict();
        const slots = [...driver.held];
        const slot = slots[(round * 5) % slots.length];
        if (slot !== undefined) driver.remove(slot);
      }
      driver.fill(10);
      expect(driver.drain().length).toBe(10);
    });

    it('takes a slot that is handed out again for a new entry', () => {
      const driver = drive();
      driver.fill(20);
      for (let round = 0; round < 200; round++) {
        const slot = (round * 7) % 20;
        driver.use(slot);
        driver.remove(slot);
        expect(driver.insert({ hash: 1000 + round })).toBe(slot);
      }
      expect(sorted(driver.drain())).toEqual(numbered(20));
    });

    it('is filled, emptied and filled again', () => {
      const driver = drive();
      for (let round = 0; round < 6; round++) {
        driver.fill(40);
        for (let slot = 0; slot < 40; slot += 1 + round) driver.use(slot);
        if (round % 2 === 0) expect(sorted(driver.drain())).toEqual(numbered(40));
        else for (const slot of [...driver.held]) driver.remove(slot);
      }
    });

    it('knows all of its slots when room is made for more', () => {
      const driver = drive();
      for (let slots = 1; slots <= 256; slots *= 2) {
        driver.reserve(slots);
        driver.fill(slots - driver.held.size);
        for (let slot = 0; slot < slots; slot += 2) driver.use(slot);
      }
      driver.reserve(1000);
      expect(sorted(driver.drain())).toEqual(numbered(256));
    });

    it('knows all of its slots when room is made between evictions', () => {
      const driver = drive();
      driver.fill(8);
      for (const slots of [9, 50, 51, 400]) {
        driver.evict();
        driver.reserve(slots);
        driver.fill(2);
      }
      expect(driver.drain().length).toBe(12);
    });

    it('holds a slot whose entry is replaced', () => {
      const driver = drive();
      driver.fill(10);
      for (let round = 0; round < 50; round++) driver.replace(round % 10, { size: round, cost: 50 - round });
      expect(sorted(driver.drain())).toEqual(numbered(10));
    });

    it('is not upset by one slot that is used and replaced all the time', () => {
      const driver = drive();
      driver.fill(10);
      for (let round = 0; round < 5000; round++) {
        driver.use(3);
        driver.replace(3, { size: 1 + (round % 3) });
      }
      expect(sorted(driver.drain())).toEqual(numbered(10));
    });

    it('takes every hash, also one that several slots share', () => {
      for (const hash of [...oddHashes, undefined]) {
        const driver = drive();
        for (let round = 0; round < 100; round++) {
          driver.use(driver.insert({ hash: hash ?? oddHashes[round % oddHashes.length]! }));
          if (driver.held.size > 10) driver.evict();
        }
        expect(driver.drain().length).toBe(10);
      }
    });

    it('takes every size and cost, be it 0, a fraction or huge', () => {
      const driver = drive();
      for (const size of oddNumbers) for (const cost of oddNumbers) driver.use(driver.insert({ size, cost }));
      let slot = 0;
      for (const cost of oddNumbers) for (const size of oddNumbers) driver.replace(slot++, { size, cost });
      for (let round = 0; round < 200; round++) {
        driver.evict();
        const inserted = driver.insert({ size: oddNumbers[round % 6]!, cost: oddNumbers[(round * 5) % 6]! });
        if (round % 2 === 0) driver.use(inserted);
      }
      expect(sorted(driver.drain())).toEqual(numbered(36));
    });

    it('shares nothing with others of its kind', () => {
      const original = create();
      const drivers = [drive(original), drive(), drive(original.fresh())];
      // Slots that the first one has and the others lack, and the other way round.
      for (const [index, driver] of drivers.entries()) {
        driver.fill(20 + 10 * index);
        for (let slot = index; slot < 20; slot += 3) driver.remove(slot);
      }
      const held = drivers.map((driver) => sorted(driver.held));
      const evicted: number[][] = drivers.map(() => []);
      while (drivers.some((driver) => driver.held.size > 0)) {
        for (const [index, driver] of drivers.entries())
          if (driver.held.size > 0) evicted[index]!.push(driver.evict());
      }
      expect(evicted.map(sorted)).toEqual(held);
    });

    it('makes a fresh one of the same name that holds no slot', () => {
      const policy = create();
      const driver = drive(policy);
      driver.fill(30);
      driver.evict();
      const fresh = policy.fresh();
      expect(fresh === policy).toBe(false);
      expect(fresh.name).toBe(policy.name);
      const other = drive(fresh);
      expect(other.insert()).toBe(0);
      expect(other.evict()).toBe(0);
      expect(driver.drain().length).toBe(29);
    });

    it('names only slots that are held through 20,000 steps of any kind', () => {
      const numbers = new RandomNumbers(20_000);
      const driver = drive();
      const pick = () => [...driver.held][numbers.below(driver.held.size)]!;
      for (let step = 0; step < 20_000; step++) {
        const choice = numbers.below(10);
        // Room for more comes and goes, as with entries of different sizes.
        const most = 1 + Math.floor(60 * (1 + Math.sin(step / 900)));
        if (driver.held.size === 0 || choice < 3) {
          while (driver.held.size >= most) driver.evict();
          driver.insert({
            hash: numbers.below(300) - 150,
            size: numbers.below(1000),
            cost: numbers.next() / 1e8,
          });
        } else if (choice < 7) driver.use(pick());
        else if (choice < 8) driver.replace(pick(), { size: numbers.below(1000), cost: numbers.below(50) });
        else if (choice < 9) driver.remove(pick());
        else driver.evict();
      }
      const held = sorted(driver.held);
      expect(sorted(driver.drain())).toEqual(held);
    });
  });
}
