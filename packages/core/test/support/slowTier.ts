import type { Entry, Selector, Tier, TierEvent, TierListener } from '@predcache/core';
import { selects } from '../../src/tiers/selector.js';

/** Which operation takes its time. */
export type SlowOperation = 'get' | 'set' | 'delete';

/**
 * A persistent tier as the contract allows it to be: writes and deletions take effect later, in order; a look-up reads at
 * some moment and tells at a later one; what is being deleted is given until it is gone.
 *
 * `turn` says how long each step takes: a test settles it, or lets it reject, which is how the tier breaks down.
 */
export class SlowTier implements Tier {
  readonly name: 'indexeddb' | 'shared';
  readonly entries = new Map<string, Entry>();
  readonly calls = { get: 0, set: 0, delete: 0 };
  turn: (operation: SlowOperation) => Promise<void> = async () => {};
  /** Begins with one that covers nothing, so that no mark is 0, which stands for none. */
  readonly #deletions: Selector[] = [{ keys: [] }];
  readonly #listeners = new Set<TierListener>();
  #writes: Promise<unknown> = Promise.resolve();

  constructor({ name = 'indexeddb' as 'indexeddb' | 'shared' } = {}) {
    this.name = name;
  }

  /** What it holds for a test's eyes. */
  get outputs(): unknown[] {
    return [...this.entries.values()].map(({ outputs }) => outputs);
  }

  subscribe(listener: TierListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async getMany(keys: readonly string[]) {
    this.calls.get++;
    await this.turn('get');
    const found = keys.map((key) => this.entries.get(key));
    await this.turn('get');
    return found;
  }

  setMany(entries: readonly Entry[], { since = 0 } = {}) {
    this.calls.set++;
    return this.#later('set', () => {
      const isCovered = (entry: Entry) => this.#deletions.slice(since).some((each) => selects(each, entry));
      const kept = since === 0 ? entries : entries.filter((entry) => !isCovered(entry));
      for (const entry of kept) this.entries.set(entry.key, entry);
      return kept.length;
    });
  }

  mark() {
    return this.#deletions.length;
  }

  delete(selector: Selector) {
    this.calls.delete++;
    this.#deletions.push(selector);
    this.#tell({ type: 'invalidated', tier: this.name, selector });
    return this.#later('delete', () => {
      const covered = [...this.entries.values()].filter((entry) => selects(selector, entry));
      for (const { key } of covered) this.entries.delete(key);
      return covered.length;
    });
  }

  async usage() {
    return { entries: this.entries.size, bytes: 0 };
  }

  async close() {
    await this.#writes;
  }

  #later(operation: SlowOperation, act: () => number): Promise<number> {
    const done = this.#writes.then(async () => {
      await this.turn(operation);
      return act();
    });
    this.#writes = done.catch(() => {});
    return done;
  }

  #tell(event: TierEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
