import type { Priority } from '../engines/engine.js';

/** A computation, as those see it who carry it out: how much it matters, and whether it still does. */
export interface Work {
  /** Aborts when nobody waits any more, unless it had begun by then. */
  readonly signal: AbortSignal;
  /** May rise while it waits. */
  readonly priority: Priority;
  /** Calls back with every rise of the priority, until the returned function is called. */
  onRise(callback: () => void): () => void;
  /** It cannot be stopped any more, and its result is kept, whoever leaves. */
  begun(): void;
  /** What had begun has failed: whether anybody waits matters again. */
  failed(): void;
}

/** From the most to the least urgent. */
export const priorities: readonly Priority[] = ['user', 'refresh', 'background'];

export function isMoreUrgent(one: Priority, other: Priority): boolean {
  return priorities.indexOf(one) < priorities.indexOf(other);
}

/** The same work, for others too: it ends with their signal. */
export function under(signal: AbortSignal, work: Work): Work {
  return {
    signal,
    get priority() {
      return work.priority;
    },
    onRise: (callback) => work.onRise(callback),
    begun: () => work.begun(),
    failed: () => work.failed(),
  };
}

/** Work that nobody waits for. */
export function inBackground(signal: AbortSignal): Work {
  return { signal, priority: 'background', onRise: () => () => {}, begun: () => {}, failed: () => {} };
}
