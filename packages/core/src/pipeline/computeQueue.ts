import type { Priority } from '../engines/engine.js';
import { isMoreUrgent, priorities } from './work.js';

export interface Queued {
  readonly priority: Priority;
  /** Bytes of its payload. */
  readonly size: number;
}

export interface ComputeQueueLimits {
  readonly maxLength: number;
  /** Bytes. A single larger item is let in where nothing else waits. */
  readonly maxSize: number;
}

/** What waits for an engine: the most urgent first, then in order of arrival. */
export class ComputeQueue<Item extends Queued> {
  readonly #limits: ComputeQueueLimits;
  readonly #lanes: Readonly<Record<Priority, Set<Item>>> = {
    user: new Set(),
    refresh: new Set(),
    background: new Set(),
  };
  #length = 0;
  #size = 0;

  constructor(limits: ComputeQueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds an item, if need be in place of less urgent ones. Gives those that have no room: perhaps the item itself. */
  add(item: Item): Item[] {
    const dropped = this.#inTheWayOf(item);
    if (dropped === undefined) return [item];
    for (const each of dropped) this.delete(each);
    this.#lanes[item.priority].add(item);
    this.#length++;
    this.#size += item.size;
    return dropped;
  }

  /** Takes out up to `count` items. */
  take(count: number): Item[] {
    const taken: Item[] = [];
    for (const priority of priorities) {
      for (const item of this.#lanes[priority]) {
        if (taken.length === count) return taken;
        this.delete(item);
        taken.push(item);
      }
    }
    return taken;
  }

  /** Whether it was there. */
  delete(item: Item): boolean {
    const wasThere = priorities.some((priority) => this.#lanes[priority].delete(item));
    if (!wasThere) return false;
    this.#length--;
    this.#size -= item.size;
    return true;
  }

  /** An item's priority has risen: it goes behind what was that urgent before. */
  raised(item: Item): void {
    const lane = priorities.find((priority) => this.#lanes[priority].delete(item));
    if (lane !== undefined) this.#lanes[item.priority].add(item);
  }

  /** Whom it takes to be dropped, the least urgent first; `undefined` where even that makes no room. */
  #inTheWayOf({ priority, size }: Item): Item[] | undefined {
    const { maxLength, maxSize } = this.#limits;
    const inTheWay: Item[] = [];
    let length = this.#length;
    let total = this.#size;
    const hasRoom = () => length === 0 || (length < maxLength && total + size <= maxSize);
    if (hasRoom()) return inTheWay;
    for (const less of priorities.toReversed()) {
      if (!isMoreUrgent(priority, less)) return undefined;
      for (const item of this.#lanes[less]) {
        inTheWay.push(item);
        length--;
        total -= item.size;
        if (hasRoom()) return inTheWay;
      }
    }
    return undefined;
  }
}
