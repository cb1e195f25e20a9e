import type { RowKey } from './rowKey.js';
import { RowKeyTable } from './rowKeyTable.js';

/** Rows that are remembered: those used when there are so many are told to nobody. */
const most = 4_096;

/** The rows that were used since the journal was told last, each once, however often it was. */
export class Uses {
  #table = new RowKeyTable();
  #count = 0;
  #capacity = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(key: RowKey): void {
    if (this.#count === most || this.#table.find(key) >= 0) return;
    if (this.#count === this.#capacity) {
      this.#capacity = Math.max(64, 2 * this.#capacity);
      this.#table.reserve(this.#capacity);
    }
    this.#table.add(key, this.#count++);
  }

  /** Gives them away, in the order of their first use. */
  take(): RowKey[] {
    const keys = Array.from({ length: this.#count }, (_, slot) => this.#table.keyAt(slot));
    this.#table = new RowKeyTable();
    this.#count = 0;
    this.#capacity = 0;
    return keys;
  }
}
