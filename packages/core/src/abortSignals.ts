const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when a signal aborts, until the returned function is called. However many wait, the signal carries one
 * listener: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let waiting = callbacks.get(signal);
  if (waiting === undefined) {
    const all = new Set<() => void>();
    signal.addEventListener('abort', () => callAll(all), { once: true });
    callbacks.set(signal, all);
    waiting = all;
  }
  const all = waiting;
  // Wrapped, so that the same function given twice can be taken back once.
  const added = () => callback();
  all.add(added);
  return () => void all.delete(added);
}

/**
 * A signal that aborts with the first of some. Not `AbortSignal.any`: in Node a signal that lives long keeps a trace of
 * each one made of it (https://github.com/nodejs/node/issues/55351), and Safari has it from 17.4 on only.
 */
export function firstOf(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  /** To be called once nobody needs the signal any longer. */
  readonly release: () => void;
} {
  const controller = new AbortController();
  const releases = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => {
      if (signal.aborted) controller.abort(signal.reason);
      return onAbort(signal, () => controller.abort(signal.reason));
    });
  return { signal: controller.signal, release: () => callAll(releases) };
}

/** The promise, or a rejection with the signal's reason as soon as it aborts, whatever the promise does then. */
export function settledBy<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const release = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(release);
  });
}

function callAll(functions: Iterable<() => void>): void {
  for (const each of [...functions]) each();
}
