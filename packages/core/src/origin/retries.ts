import type { OriginWrite } from './origin.js';
import type { OutboxRecord } from './outboxStore.js';

/** A write as it was found in the store. */
export interface Item {
  readonly record: OutboxRecord;
  readonly write: OriginWrite;
}

/** More are left to the next pass: they are in memory until the end of this one. */
const most = 1_000;

/** The writes of some keys, to be sent after all others. */
export class Retries {
  readonly #items: ReadonlyMap<string, Item[]>;
  #count = 0;

  /** @param keys in the order in which their writes are to be sent */
  constructor(keys: readonly string[]) {
    this.#items = new Map(keys.map((key) => [key, []]));
  }

  /** Takes it if it is of one of the keys. */
  add(item: Item): void {
    const items = this.#items.get(item.write.entry.key);
    // Of each key the first ones only, then: none is to overtake another.
    if (items === undefined || this.#count === most) return;
    items.push(item);
    this.#count++;
  }

  get byKey(): Iterable<readonly Item[]> {
    return this.#items.values();
  }
}
