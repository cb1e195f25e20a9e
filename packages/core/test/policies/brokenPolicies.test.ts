import type { EvictionPolicy } from '@predcache/core';
import { policyConformance } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { MostRecentlyUsed } from '../support/policies.js';

/** The titles of the tests that a policy fails. */
async function failuresOf(create: () => EvictionPolicy): Promise<string[]> {
  const tests: [title: string, body: () => Promise<void> | void][] = [];
  const test = {
    describe: (_title: string, body: () => void) => body(),
    it: (title: string, body: () => Promise<void> | void) => tests.push([title, body]),
    expect,
  };
  policyConformance({ name: 'broken', create, test });
  const failures: string[] = [];
  for (const [title, body] of tests) {
    try {
      await body();
    } catch {
      failures.push(title);
    }
  }
  return failures;
}

const shared = new Set<number>();

/** Each is right but for one thing, and the test named is what must notice. */
const broken: [fault: string, test: string, create: () => EvictionPolicy][] = [
  [
    'names a slot that is not held',
    'evicts every slot',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override victim() {
          return super.victim() + 1;
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'names nothing',
    'evicts every slot',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override victim() {
          return undefined as never;
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'forgets on reserve',
    'knows all of its slots when room is made',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override reserve() {
          this.slots.clear();
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'never evicts one slot',
    'evicts every slot',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override inserted(slot: number) {
          if (slot !== 2) super.inserted(slot);
        }
        override used(slot: number) {
          if (slot !== 2) super.used(slot);
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'keeps what was removed without its word',
    'never evicts what was removed',
    () =>
      new (class Broken extends MostRecentlyUsed {
        #named = -1;
        override victim() {
          this.#named = super.victim();
          return this.#named;
        }
        override removed(slot: number) {
          if (slot === this.#named) super.removed(slot);
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'lets a replaced slot go',
    'holds a slot whose entry is replaced',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override replaced(slot: number) {
          this.slots.delete(slot);
        }
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'takes equal hashes for one entry',
    'takes every hash',
    () =>
      new (class Broken extends MostRecentlyUsed {
        readonly #hashes = new Set<number>();
        override inserted(slot: number, hash = 0) {
          if (!this.#hashes.has(hash)) super.inserted(slot);
          this.#hashes.add(hash);
        }
        override used() {}
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'divides by the size',
    'takes every size and cost',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override inserted(slot: number, _hash = 0, size = 0) {
          if (1 / size < Number.POSITIVE_INFINITY) super.inserted(slot);
        }
        override used() {}
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'shares its state',
    'shares nothing',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override readonly slots = shared;
        override fresh() {
          return new Broken();
        }
      })(),
  ],
  [
    'is its own fresh one',
    'makes a fresh one',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override fresh() {
          return this;
        }
      })(),
  ],
  [
    'changes its name',
    'makes a fresh one',
    () =>
      new (class Broken extends MostRecentlyUsed {
        override readonly name: string;
        constructor(name = 'broken') {
          super();
          this.name = name;
        }
        override fresh() {
          return new Broken('other');
        }
      })(),
  ],
];

describe('policyConformance', () => {
  it.each(broken)('finds a policy that %s', async (_, test, create) => {
    shared.clear();
    expect((await failuresOf(create)).filter((title) => title.startsWith(test))).not.toEqual([]);
  });

  it('finds nothing wrong with one that is right', async () => {
    expect(await failuresOf(() => new MostRecentlyUsed())).toEqual([]);
  });
});
