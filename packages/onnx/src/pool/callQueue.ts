import type { Priority } from '@predcache/core';
import type { PooledCall } from './pooledCall.js';
import type { PooledModel } from './pooledModel.js';

const mostUrgentFirst: readonly Priority[] = ['user', 'refresh', 'background'];

/** Of one priority: for each model its calls in the order they came. The model whose turn is next comes first. */
type Lane = Map<PooledModel, PooledCall[]>;

/** Calls that wait for a worker: the most urgent first; among as urgent ones, the models take turns. */
export class CallQueue {
  readonly #lanes: Readonly<Record<Priority, Lane>> = {
    user: new Map(),
    refresh: new Map(),
    background: new Map(),
  };
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(call: PooledCall): void {
    this.#waiting(call).push(call);
    this.#length += 1;
  }

  /** Puts back what has been taken, before all others of its model. */
  putBack(call: PooledCall): void {
    this.#waiting(call).unshift(call);
    this.#length += 1;
  }

  delete(call: PooledCall): void {
    const lane = this.#lanes[call.priority];
    const waiting = lane.get(call.model);
    const index = waiting?.indexOf(call) ?? -1;
    if (waiting === undefined || index < 0) return;
    waiting.splice(index, 1);
    this.#length -= 1;
    if (waiting.length === 0) lane.delete(call.model);
  }

  /** Takes the next call out for which `place` finds one. The first of a model stands for all of them. */
  take<Place>(
    place: (call: PooledCall) => Place | undefined,
  ): { call: PooledCall; place: Place } | undefined {
    if (this.#length === 0) return undefined;
    for (const priority of mostUrgentFirst) {
      const lane = this.#lanes[priority];
      for (const [model, waiting] of lane) {
        const call = waiting[0]!;
        const found = place(call);
        if (found === undefined) continue;
        waiting.shift();
        this.#length -= 1;
        // Its next turn is after all others.
        lane.delete(model);
        if (waiting.length > 0) lane.set(model, waiting);
        return { call, place: found };
      }
    }
    return undefined;
  }

  /** Takes out the last call of the least urgent ones that are less urgent than this. */
  takeLessUrgent(than: Priority): PooledCall | undefined {
    for (const priority of mostUrgentFirst.slice(mostUrgentFirst.indexOf(than) + 1).reverse()) {
      const call = [...this.#lanes[priority].values()].at(-1)?.at(-1);
      if (call === undefined) continue;
      this.delete(call);
      return call;
    }
    return undefined;
  }

  /** The models that calls wait for, those with the most urgent ones first. */
  models(): Set<PooledModel> {
    return new Set(mostUrgentFirst.flatMap((priority) => [...this.#lanes[priority].keys()]));
  }

  has(model: PooledModel): boolean {
    return mostUrgentFirst.some((priority) => this.#lanes[priority].has(model));
  }

  /** Takes out all calls of a model. */
  takeAll(model: PooledModel): PooledCall[] {
    const all: PooledCall[] = [];
    for (const priority of mostUrgentFirst) {
      const waiting = this.#lanes[priority].get(model) ?? [];
      this.#lanes[priority].delete(model);
      this.#length -= waiting.length;
      all.push(...waiting);
    }
    return all;
  }

  #waiting({ priority, model }: PooledCall): PooledCall[] {
    const lane = this.#lanes[priority];
    let waiting = lane.get(model);
    if (waiting === undefined) {
      waiting = [];
      lane.set(model, waiting);
    }
    return waiting;
  }
}
