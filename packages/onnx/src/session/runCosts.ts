import type { Tensors } from '@predcache/core';

/** How much the latest run counts against those before it. */
const weight = 0.5;

/** What runs of one model have taken, so that one can tell how many items may go together. */
export class RunCosts {
  /** ms per element of input. */
  #perElement: number | undefined;

  note(items: readonly Tensors[], took: number): void {
    const latest = took / elements(items);
    this.#perElement =
      this.#perElement === undefined ? latest : weight * latest + (1 - weight) * this.#perElement;
  }

  /** ms that one more such item will take; 0 as long as nothing is known. */
  expected(item: Tensors): number {
    return (this.#perElement ?? 0) * elements([item]);
  }

  /** How many items like this one take about `time` ms; 1 at least, and as long as nothing is known. */
  itemsIn(time: number, item: Tensors): number {
    if (this.#perElement === undefined) return 1;
    return Math.max(1, Math.floor(time / this.expected(item)));
  }
}

function elements(items: readonly Tensors[]): number {
  let sum = 0;
  for (const tensors of items) for (const { data } of Object.values(tensors)) sum += data.length;
  return Math.max(1, sum);
}
