import { bytesToHex, SlotLists } from '@predcache/core';
import { noTags, RowGroups } from './rowGroups.js';
import type { RowKey } from './rowKey.js';
import { RowKeyTable } from './rowKeyTable.js';

/** Whose rows they are: a partition (16 hexadecimal digits, empty for none) and a model (64 hexadecimal digits). */
export interface Group {
  readonly partition: string;
  readonly model: string;
}

/** What is known of a row without reading it. */
export interface RowFacts extends Group {
  /** Bytes, whole, by `Entry.size`. */
  readonly size: number;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** What stands for its tags (`RowCodec.tagOf`), each once. */
  readonly tags: readonly string[];
}

export interface KeysOptions {
  readonly matches?: (createdAt: number) => boolean;
  readonly most?: number;
}

/**
 * What rows there are, in memory: a certain miss needs no disk, what has to go is found without reading anything, and the
 * bytes are counted. About 70 bytes a row, and what its tags take. The rows are in the order in which they were used last.
 */
export class Directory {
  readonly #table = new RowKeyTable();
  readonly #order = new SlotLists();
  readonly #free: number[] = [];
  readonly #members = new RowGroups();
  readonly #groups: Group[] = [];
  readonly #groupNumbers = new Map<string, number>();
  #sizes = new Uint32Array(0);
  #createdAt = new Float64Array(0);
  #groupOf = new Uint32Array(0);
  #capacity = 0;
  #used = 0;
  #entries = 0;
  #bytes = 0;

  /** @param rows that room is made for at once */
  constructor(rows = 0) {
    if (rows > 0) this.#reserve(rows);
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(key: RowKey): boolean {
    return this.#table.find(key) >= 0;
  }

  get(key: RowKey): RowFacts | undefined {
    const slot = this.#table.find(key);
    return slot < 0 ? undefined : this.#factsAt(slot);
  }

  /** When the row's entry was computed, in ms since the epoch; `undefined` when there is no such row. */
  createdAt(key: RowKey): number | undefined {
    const slot = this.#table.find(key);
    return slot < 0 ? undefined : this.#createdAt[slot];
  }

  /** The number by which `add` knows a group. */
  groupNumber(group: Group): number {
    const name = nameOf(group);
    let number = this.#groupNumbers.get(name);
    if (number === undefined) {
      number = this.#groups.push({ partition: group.partition, model: group.model }) - 1;
      this.#groupNumbers.set(name, number);
    }
    return number;
  }

  /**
   * A row was written, perhaps in place of another.
   *
   * @param size whole bytes
   * @param createdAt ms since the epoch
   */
  add(key: RowKey, group: number, size: number, createdAt: number, tags = noTags): void {
    if (this.#members.isNeededFor(group)) this.#members.link(this.#capacity, this.#slots());
    let slot = this.#table.find(key);
    if (slot < 0) {
      slot = this.#takeSlot();
      this.#table.add(key, slot);
      this.#order.add(0, slot);
      this.#entries++;
    } else {
      this.#bytes -= this.#sizes[slot]!;
      this.#order.renew(0, slot);
      this.#members.remove(slot, this.#groupOf[slot]!);
    }
    this.#members.add(slot, group, tags);
    this.#sizes[slot] = size;
    this.#createdAt[slot] = createdAt;
    this.#groupOf[slot] = group;
    this.#bytes += size;
  }

  /** A row is gone; `false` when none was known. */
  remove(key: RowKey): boolean {
    const slot = this.#table.find(key);
    if (slot < 0) return false;
    this.#table.remove(slot);
    this.#members.remove(slot, this.#groupOf[slot]!);
    this.#order.remove(0, slot);
    this.#free.push(slot);
    this.#entries--;
    this.#bytes -= this.#sizes[slot]!;
    return true;
  }

  /** A row was used; `false` when none is known. */
  touch(key: RowKey): boolean {
    const slot = this.#table.find(key);
    if (slot < 0) return false;
    this.#order.renew(0, slot);
    return true;
  }

  /** The rows, the one that was not used the longest first. It must not change meanwhile. */
  *oldestFirst(): Generator<[RowKey, RowFacts]> {
    for (let slot = this.#order.oldest(0); slot >= 0; slot = this.#order.newerThan(slot))
      yield [this.#table.keyAt(slot), this.#factsAt(slot)];
  }

  /** The rows of a partition, the one that was used last first. It must not change meanwhile. */
  *newestFirst(partition: string): Generator<[RowKey, RowFacts]> {
    for (let slot = this.#order.newest(0); slot >= 0; slot = this.#order.olderThan(slot)) {
      if (this.#groups[this.#groupOf[slot]!]!.partition === partition)
        yield [this.#table.keyAt(slot), this.#factsAt(slot)];
    }
  }

  /**
   * The keys of rows of the groups that match, in no certain order: takes time in proportion to the rows of those groups.
   *
   * @param matches by when a row was created
   * @param most that are wanted
   */
  keysOf(
    isMeant: (group: Group) => boolean,
    { matches, most = Number.POSITIVE_INFINITY }: KeysOptions = {},
  ): RowKey[] {
    const keys: RowKey[] = [];
    for (const [number, group] of this.#groups.entries()) {
      if (!isMeant(group)) continue;
      for (const slot of this.#slotsOf(number)) {
        if (keys.length >= most) return keys;
        if (matches === undefined || matches(this.#createdAt[slot]!)) keys.push(this.#table.keyAt(slot));
      }
    }
    return keys;
  }

  /** The keys of a group's rows that have any of the tags, at most so many: takes time in proportion to their number. */
  keysWithTags(group: Group, tags: readonly string[], most = Number.POSITIVE_INFINITY): RowKey[] {
    const keys: RowKey[] = [];
    const number = this.#groupNumbers.get(nameOf(group));
    if (number === undefined) return keys;
    for (const slot of this.#members.withTags(number, tags)) {
      if (keys.length >= most) break;
      keys.push(this.#table.keyAt(slot));
    }
    return keys;
  }

  /** Of a group that has a number. */
  *#slotsOf(group: number): Generator<number> {
    if (this.#members.areLinked) yield* this.#members.ofGroup(group);
    else if (group === 0) for (const [slot] of this.#slots()) yield slot;
  }

  /** Every row, and its group. */
  *#slots(): Generator<[slot: number, group: number]> {
    for (let slot = this.#order.oldest(0); slot >= 0; slot = this.#order.newerThan(slot))
      yield [slot, this.#groupOf[slot]!];
  }

  #factsAt(slot: number): RowFacts {
    const { partition, model } = this.#groups[this.#groupOf[slot]!]!;
    const tags = this.#members.tagsOf(slot);
    return { partition, model, size: this.#sizes[slot]!, createdAt: this.#createdAt[slot]!, tags };
  }

  #takeSlot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  /** By a quarter: at 100,000 rows, doubling would cost megabytes that nobody uses. */
  #grow(): void {
    this.#reserve(Math.max(64, Math.ceil(this.#capacity * 1.25)));
  }

  #reserve(rows: number): void {
    this.#capacity = rows;
    this.#table.reserve(this.#capacity);
    this.#order.reserve(this.#capacity);
    this.#members.reserve(this.#capacity);
    this.#sizes = grown(this.#sizes, new Uint32Array(this.#capacity));
    this.#createdAt = grown(this.#createdAt, new Float64Array(this.#capacity));
    this.#groupOf = grown(this.#groupOf, new Uint32Array(this.#capacity));
  }
}

/** The key that an entry had when it was written without a secret, for events. */
export function keyOf(key: RowKey): string {
  return bytesToHex(new Uint8Array(key.buffer, key.byteOffset, key.byteLength));
}

function nameOf({ partition, model }: Group): string {
  return `${partition} ${model}`;
}

function grown<Numbers extends Uint32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
