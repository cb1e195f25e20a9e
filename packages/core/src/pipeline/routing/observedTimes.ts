import type { EngineSource } from '../../engines/engine.js';

/** What is known of an engine's time for inputs of a size. */
export interface Observed {
  /** The median, in ms; of two answers the shorter one. */
  readonly time: number;
  readonly answers: number;
}

/** Answers that a median is of: what an engine takes changes with the network, the battery and what else goes on. */
const remembered = 9;

/**
 * Learns how long each engine takes, by size of the input: a class for each four times as many bytes. Medians, since one
 * answer that came late, for instance the first one of a model, says nothing of the next.
 */
export class ObservedTimes {
  readonly #latest: Readonly<Record<EngineSource, Map<number, number[]>>> = {
    on_device: new Map(),
    in_cloud: new Map(),
  };

  observed(source: EngineSource, size: number, ms: number): void {
    const times = this.#latest[source].get(classOf(size)) ?? [];
    this.#latest[source].set(classOf(size), times);
    times.push(ms);
    if (times.length > remembered) times.shift();
  }

  /** Of inputs of the class nearest in size; `undefined` before the first answer. */
  of(source: EngineSource, size: number): Observed | undefined {
    const asked = classOf(size);
    let nearest: number | undefined;
    for (const known of this.#latest[source].keys())
      if (nearest === undefined || Math.abs(known - asked) < Math.abs(nearest - asked)) nearest = known;
    return nearest === undefined ? undefined : observedOf(this.#latest[source].get(nearest)!);
  }

  /** The time of the class that takes longest. */
  longest(source: EngineSource): number | undefined {
    const times = [...this.#latest[source].values()].map((latest) => observedOf(latest).time);
    return times.length === 0 ? undefined : Math.max(...times);
  }
}

function observedOf(times: readonly number[]): Observed {
  const sorted = [...times].sort((a, b) => a - b);
  return { time: sorted[(sorted.length - 1) >> 1]!, answers: times.length };
}

function classOf(size: number): number {
  return Math.floor(Math.log2(size + 1) / 2);
}
