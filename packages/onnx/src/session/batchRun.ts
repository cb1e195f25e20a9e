import type { Tensors } from '@predcache/core';
import { type BatchItem, batchGroups } from './batchGroups.js';
import type { Batching } from './batching.js';
import { concatTensors } from './concatTensors.js';
import type { RunCosts } from './runCosts.js';
import { isRuntimeCrash } from './runtimeErrors.js';
import { sameOutputs } from './sameOutputs.js';
import { splitOutputs } from './splitOutputs.js';
import { Turns, turnLength } from './turns.js';

export interface BatchRunOptions {
  readonly compute: (tensors: Tensors) => Promise<Tensors>;
  readonly batching: Batching;
  /** What the app says about batching; `undefined` leaves it to the model. */
  readonly setting: boolean | undefined;
  readonly costs: RunCosts;
  /** Whether items computed together must equal the same ones computed alone to the bit. */
  readonly isExact: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Computes one call's items: those of equal shapes together where that is allowed, as many as take one turn. What fails
 * together is computed item by item, until one of them is found to be to blame.
 */
export class BatchRun {
  readonly outputs: Tensors[];
  /** ms each item took. */
  readonly costs: number[];
  readonly #options: BatchRunOptions;
  readonly #turns: Turns;
  readonly #batch: readonly Tensors[];

  constructor(batch: readonly Tensors[], options: BatchRunOptions) {
    this.#batch = batch;
    this.outputs = new Array(batch.length);
    this.costs = new Array(batch.length);
    this.#options = options;
    this.#turns = new Turns(options.signal);
  }

  /** Rejects with the error of the first item that fails alone. */
  async run(): Promise<void> {
    for (const group of batchGroups(this.#batch)) await this.#runGroup(group);
  }

  async #runGroup(group: readonly BatchItem[]): Promise<void> {
    let at = 0;
    while (at < group.length) {
      const part = group.slice(at, at + this.#partSize(group[at]!.tensors));
      at += part.length;
      if (part.length === 1) await this.#runAlone(part[0]!);
      else await this.#runTogether(part);
    }
  }

  #partSize(first: Tensors): number {
    const { batching, setting, costs } = this.#options;
    if (!batching.isAllowed(setting)) return 1;
    const most = costs.itemsIn(turnLength, first);
    return batching.needsTrial(setting) ? Math.min(2, most) : most;
  }

  async #runTogether(part: readonly BatchItem[]): Promise<void> {
    const { batching, setting, isExact } = this.#options;
    const isTrial = batching.needsTrial(setting);
    const together = await this.#tryTogether(part);
    if (together !== undefined && !isTrial) return;
    let agree = together !== undefined;
    for (const [position, item] of part.entries()) {
      const alone = await this.#runAlone(item);
      agree = agree && sameOutputs(alone, together![position]!, isExact);
    }
    if (agree) batching.noteAgreement();
    else batching.refute();
  }

  /** `undefined` when that fails, or gives something else than rows for rows. */
  async #tryTogether(part: readonly BatchItem[]): Promise<Tensors[] | undefined> {
    const { costs, compute } = this.#options;
    const items = part.map(({ tensors }) => tensors);
    await this.#turns.beforeRun(part.length * costs.expected(items[0]!));
    const began = performance.now();
    try {
      const outputs = await compute(concatTensors(items));
      const split = splitOutputs(
        outputs,
        part.map(({ rows }) => rows!),
      );
      const took = performance.now() - began;
      costs.note(items, took);
      for (const [position, { index }] of part.entries()) {
        if (split === undefined) break;
        this.outputs[index] = split[position]!;
        this.costs[index] = took / part.length;
      }
      return split;
    } catch (error) {
      if (isRuntimeCrash(error)) throw error;
      return undefined;
    }
  }

  async #runAlone({ index, tensors }: BatchItem): Promise<Tensors> {
    const { costs, compute } = this.#options;
    await this.#turns.beforeRun(costs.expected(tensors));
    const began = performance.now();
    const outputs = await compute(tensors);
    const took = performance.now() - began;
    costs.note([tensors], took);
    this.outputs[index] = outputs;
    this.costs[index] = took;
    return outputs;
  }
}
