import { type Entry, memory, type Selector, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { expect, vi } from 'vitest';
import { NaiveCache, type NaiveOptions } from './naiveCache.js';
import { naiveSubjects } from './naiveSubjects.js';

export const models = ['a', 'b', 'c'].map((digit) => digit.repeat(64));

export type Operation =
  | { readonly type: 'set'; readonly entries: readonly SetEntry[] }
  | { readonly type: 'get'; readonly numbers: readonly number[]; readonly model: number }
  | { readonly type: 'delete'; readonly numbers: readonly number[] }
  | { readonly type: 'deleteModel'; readonly model: number }
  | { readonly type: 'deleteTags'; readonly model: number; readonly tags: readonly string[] }
  /** What was computed more than `age` ms ago, or in less than `cost` ms. */
  | { readonly type: 'deleteOlder'; readonly model: number; readonly age: number }
  | { readonly type: 'deleteCheaper'; readonly model: number; readonly cost: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'usage' }
  | { readonly type: 'switch'; readonly to: string };

export interface SetEntry {
  readonly number: number;
  readonly size: number;
  readonly cost: number;
  readonly model: number;
  /** ms since it was computed */
  readonly age: number;
  readonly tags: readonly string[];
}

/** The tier's first slots: as many entries as a comparison may use at most. */
export const mostEntries = 64;

/** Does the same to a memory tier and to a naive cache, and compares whatever can be seen after each step. */
export class NaiveComparison {
  readonly #tier: ReturnType<typeof memory>;
  readonly #naive: NaiveCache;
  readonly #slots: number;
  readonly #events: string[] = [];

  constructor(subject: string, options: NaiveOptions) {
    this.#slots = Math.min(options.maxEntries, mostEntries);
    const { policy, naive } = naiveSubjects[subject]!(this.#slots);
    this.#tier = memory({ ...options, policy });
    this.#naive = new NaiveCache(options, naive);
    this.#tier.subscribe((event) => this.#events.push(lineOf(event)));
  }

  do(operation: Operation): void {
    this.#doBoth(operation);
    expect(this.#events).toEqual(this.#naive.events);
    this.#events.length = 0;
    this.#naive.events.length = 0;
  }

  /** Everything that the tier says of itself, and everything that it gives out. */
  finish(): void {
    this.do({ type: 'usage' });
    const { unnamedMisses, models: byModel, ...total } = this.#naive.stats();
    const sum = (field: 'hits' | 'misses' | 'expirations' | 'refusals' | 'costSaved') =>
      Object.values(byModel).reduce((subtotal, counts) => subtotal + counts[field], 0);
    expect(this.#tier.stats()).toMatchObject({
      ...total,
      hits: sum('hits'),
      misses: sum('misses') + unnamedMisses,
      expirations: sum('expirations'),
      refusals: sum('refusals'),
      costSaved: sum('costSaved'),
      models: byModel,
    });
    const { kept } = this.#naive;
    const numbers = Array.from({ length: mostEntries }, (_, number) => number);
    const expected = numbers.map((number) => kept.get(sampleKey(number))?.entry);
    expect(this.#tier.getMany(numbers.map(sampleKey))).toEqual(expected);
  }

  #doBoth(operation: Operation): void {
    const tier = this.#tier;
    const naive = this.#naive;
    switch (operation.type) {
      case 'set': {
        const entries = operation.entries.map(entryOf);
        const stored = tier.setMany(entries);
        expect(stored).toBe(entries.filter((entry) => naive.set(entry)).length);
        break;
      }
      case 'get': {
        const keys = operation.numbers.map(sampleKey);
        const model = models[operation.model];
        const found = keys.length === 1 ? [tier.peek(keys[0]!, model)] : tier.getMany(keys, model);
        expect(found).toEqual(keys.map((key) => naive.get(key, model)));
        break;
      }
      case 'delete': {
        const keys = operation.numbers.map(sampleKey);
        this.#deleteBoth({ keys }, (entry) => keys.includes(entry.key));
        break;
      }
      case 'deleteModel':
        this.#deleteBoth({ model: models[operation.model]! }, () => true);
        break;
      case 'deleteTags': {
        const { tags } = operation;
        const hasTag = (entry: Entry) => entry.tags.some((tag) => tags.includes(tag));
        this.#deleteBoth({ model: models[operation.model]!, tags }, hasTag);
        break;
      }
      case 'deleteOlder': {
        const createdBefore = Date.now() - operation.age;
        const isOlder = ({ createdAt }: Entry) => createdAt < createdBefore;
        this.#deleteBoth({ model: models[operation.model]!, createdBefore }, isOlder);
        break;
      }
      case 'deleteCheaper': {
        const isCheaper = ({ cost }: { readonly cost: number }) => cost < operation.cost;
        this.#deleteBoth({ model: models[operation.model]!, where: isCheaper }, isCheaper);
        break;
      }
      case 'wait':
        vi.setSystemTime(Date.now() + operation.ms);
        break;
      case 'usage': {
        naive.expireAll();
        const { entries, bytes } = tier.usage();
        expect([entries, bytes]).toEqual([naive.kept.size, naive.bytes()]);
        expect(bytes).toBeLessThanOrEqual(naive.options.maxSize);
        expect(entries).toBeLessThanOrEqual(naive.options.maxEntries);
        break;
      }
      case 'switch': {
        const next = naiveSubjects[operation.to]!(this.#slots);
        tier.setPolicy(next.policy);
        naive.setPolicy(next.naive);
      }
    }
  }

  #deleteBoth(selector: Selector, isMeant: (entry: Entry) => boolean): void {
    const naive = this.#naive;
    const kept = [...naive.kept.values()].map(({ entry }) => entry);
    const inModel = kept.filter(({ model }) => !('model' in selector) || model === selector.model);
    const keys = inModel.filter(isMeant).map(({ key }) => key);
    expect(this.#tier.delete(selector)).toBe(naive.delete(keys));
    naive.events.push('invalidated');
  }
}

function entryOf({ number, size, cost, model, age, tags }: SetEntry): Entry {
  return sampleEntry(number, {
    size,
    cost,
    model: models[model]!,
    createdAt: Date.now() - age,
    outputs: null,
    tags,
  });
}

function lineOf(event: TierEvent): string {
  if (event.type === 'expired') return `expired ${event.key}`;
  if (event.type === 'evicted' || event.type === 'refused')
    return `${event.type} ${event.key} ${event.reason}`;
  return event.type === 'tier-error' ? `${event.type} ${event.error.message}` : event.type;
}
