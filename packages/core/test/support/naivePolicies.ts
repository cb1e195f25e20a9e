/**
 * Eviction policies as one would write them down, over keys instead of slots, with no thought of speed: what ours are
 * compared with. As in ours, `remove` follows `victim` at once.
 */
export interface NaivePolicy {
  insert(key: string, size: number, cost: number): void;
  use(key: string): void;
  replace(key: string, size: number, cost: number): void;
  remove(key: string): void;
  victim(): string;
  fresh(): NaivePolicy;
}

export class NaiveFifo implements NaivePolicy {
  /** The oldest first. */
  protected keys: string[] = [];

  insert(key: string): void {
    this.keys.push(key);
  }
  use(_key: string): void {}
  replace(key: string): void {
    this.use(key);
  }
  remove(key: string): void {
    this.keys = this.keys.filter((each) => each !== key);
  }
  victim(): string {
    return this.keys[0]!;
  }
  fresh(): NaivePolicy {
    return new NaiveFifo();
  }
}

export class NaiveLru extends NaiveFifo {
  override use(key: string): void {
    this.remove(key);
    this.insert(key);
  }
  override fresh(): NaivePolicy {
    return new NaiveLru();
  }
}

/** Evicts the lowest priority; of equals, the one that was not used for the longest. */
abstract class NaiveByPriority implements NaivePolicy {
  /** The one used last comes last. */
  protected entries: { key: string; uses: number; weight: number; priority: number }[] = [];
  protected lastVictim = 0;

  protected abstract weightOf(size: number, cost: number): number;
  protected abstract readonly ages: boolean;
  abstract fresh(): NaivePolicy;

  insert(key: string, size: number, cost: number): void {
    this.#touch(key, 1, this.weightOf(size, cost));
  }
  use(key: string): void {
    const { uses, weight } = this.#entryOf(key);
    this.#touch(key, uses + 1, weight);
  }
  replace(key: string, size: number, cost: number): void {
    this.#touch(key, this.#entryOf(key).uses + 1, this.weightOf(size, cost));
  }
  remove(key: string): void {
    this.entries = this.entries.filter((each) => each.key !== key);
  }
  victim(): string {
    const lowest = Math.min(...this.entries.map(({ priority }) => priority));
    if (this.ages) this.lastVictim = lowest;
    return this.entries.find(({ priority }) => priority === lowest)!.key;
  }

  #entryOf(key: string) {
    return this.entries.find((each) => each.key === key)!;
  }
  #touch(key: string, uses: number, weight: number): void {
    this.remove(key);
    this.entries.push({ key, uses, weight, priority: this.lastVictim + uses * weight });
  }
}

export class NaiveLfu extends NaiveByPriority {
  constructor(protected readonly ages: boolean) {
    super();
  }
  protected weightOf(): number {
    return 1;
  }
  fresh(): NaivePolicy {
    return new NaiveLfu(this.ages);
  }
}

export class NaiveGdsf extends NaiveByPriority {
  protected readonly ages = true;

  /** What costs nothing measurable is taken to cost a microsecond, so that of such the popular ones stay. */
  protected weightOf(size: number, cost: number): number {
    return Math.max(cost, 0.001) / Math.max(size, 1);
  }
  fresh(): NaivePolicy {
    return new NaiveGdsf();
  }
}
