import type { EngineSource } from '../../engines/engine.js';

interface Mean {
  value: number;
  count: number;
}

/** Answers that a mean forgets by: what an engine takes changes with the network, the battery and what else goes on. */
const memory = 8;

/** Learns how long each engine takes, in ms, by size of the input: a class for each four times as many bytes. */
export class ObservedTimes {
  readonly #means: Readonly<Record<EngineSource, Map<number, Mean>>> = {
    on_device: new Map(),
    in_cloud: new Map(),
  };

  /** A mean of all at first, a decaying one later: a slow first answer soon counts for little. */
  observed(source: EngineSource, size: number, ms: number): void {
    const means = this.#means[source];
    const mean = means.get(classOf(size)) ?? { value: 0, count: 0 };
    mean.count++;
    mean.value += (ms - mean.value) / Math.min(mean.count, memory);
    means.set(classOf(size), mean);
  }

  /** Of inputs of the class nearest in size; `undefined` before the first answer. */
  of(source: EngineSource, size: number): number | undefined {
    const asked = classOf(size);
    let nearest: number | undefined;
    for (const known of this.#means[source].keys())
      if (nearest === undefined || Math.abs(known - asked) < Math.abs(nearest - asked)) nearest = known;
    return nearest === undefined ? undefined : this.#means[source].get(nearest)!.value;
  }

  /** The mean of the class that takes longest. */
  longest(source: EngineSource): number | undefined {
    const means = [...this.#means[source].values()];
    return means.length === 0 ? undefined : Math.max(...means.map(({ value }) => value));
  }
}

function classOf(size: number): number {
  return Math.floor(Math.log2(size + 1) / 2);
}
