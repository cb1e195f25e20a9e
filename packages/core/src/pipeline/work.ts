import { onAbort } from '../abortSignals.js';
import type { Priority } from '../engines/engine.js';

/** A computation, as those see it who carry it out: how much it matters, and whether it still does. */
export interface Work {
  /** Why nobody wants it any more; absent while somebody does, or once it has begun. */
  readonly ended: { readonly reason: unknown } | undefined;
  /** Calls back when it ends, until the returned function is called. */
  onEnd(callback: () => void): () => void;
  /** Aborts when it ends. Made when first asked for: most work needs none. */
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

/** @throws why it has ended */
export function throwIfEnded({ ended }: Work): void {
  if (ended !== undefined) throw ended.reason;
}

/** From the most to the least urgent. */
export const priorities: readonly Priority[] = ['user', 'refresh', 'background'];

export function isMoreUrgent(one: Priority, other: Priority): boolean {
  return priorities.indexOf(one) < priorities.indexOf(other);
}

/** The same work, for others too: it ends with their signal. */
export function under(signal: AbortSignal, work: Work): Work {
  return new SignalledWork(signal, work);
}

/** Work that nobody waits for. */
export function inBackground(signal: AbortSignal): Work {
  return new SignalledWork(signal);
}

class SignalledWork implements Work {
  readonly signal: AbortSignal;
  readonly #work: Work | undefined;

  constructor(signal: AbortSignal, work?: Work) {
    this.signal = signal;
    this.#work = work;
  }

  get ended(): Work['ended'] {
    return this.signal.aborted ? { reason: this.signal.reason } : undefined;
  }

  onEnd(callback: () => void): () => void {
    return onAbort(this.signal, callback);
  }

  get priority(): Priority {
    return this.#work?.priority ?? 'background';
  }

  onRise(callback: () => void): () => void {
    return this.#work?.onRise(callback) ?? (() => {});
  }

  begun(): void {
    this.#work?.begun();
  }

  failed(): void {
    this.#work?.failed();
  }
}
