import type { Prediction, PredictorEvent } from '@predcache/core';

/** How a prediction came about, in the words of RFC 9211. */
export type Outcome = 'hit' | 'stored' | 'computed' | 'collapsed';

/**
 * Tells of each prediction whether it was computed for its request, or for another one that was the same: a prediction
 * does not say, the predictor's events do. They come in the order in which the requests are answered.
 */
export class Outcomes {
  readonly #byKey = new Map<string, Outcome[]>();
  /** Stored, and its `computed` not heard yet. */
  readonly #stored = new Set<string>();

  readonly read = (event: PredictorEvent): void => {
    switch (event.type) {
      case 'stored':
        if (event.tier === 'memory') this.#add(event.key);
        break;
      case 'computed':
        this.#push(event.key, this.#stored.delete(event.key) ? 'stored' : 'computed');
        break;
      case 'collapsed':
        this.#push(event.key, 'collapsed');
        break;
      case 'background':
        this.#stored.delete(event.key);
        break;
    }
  };

  take({ key, source }: Prediction<unknown>): Outcome {
    const outcomes = this.#byKey.get(key);
    const outcome = outcomes?.shift();
    if (outcomes?.length === 0) this.#byKey.delete(key);
    return outcome ?? (source === 'on_device' || source === 'in_cloud' ? 'computed' : 'hit');
  }

  #push(key: string, outcome: Outcome): void {
    const outcomes = this.#byKey.get(key);
    if (outcomes === undefined) this.#byKey.set(bounded(this.#byKey, key), [outcome]);
    else outcomes.push(outcome);
  }

  #add(key: string): void {
    this.#stored.add(bounded(this.#stored, key));
  }
}

/** More than ever wait at once: what is left over belongs to requests that were given up just as their answer came. */
const mostKept = 20_000;

function bounded(kept: Map<string, unknown> | Set<string>, key: string): string {
  if (kept.size >= mostKept) kept.clear();
  return key;
}
