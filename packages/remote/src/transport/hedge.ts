import { pause } from './inTime.js';

export interface HedgeOptions {
  /** ms after which a second attempt joins the first. */
  readonly after: number;
  /** Asked then; what it gives is called when the second attempt is over. `undefined`: there is to be none. */
  readonly enter: () => (() => void) | undefined;
  /** Aborting ends both. */
  readonly signal: AbortSignal;
}

/**
 * One attempt, and a second one where the first takes longer than usual; the first to work is the result, and the other
 * is let go (Dean & Barroso, "The Tail at Scale", CACM 2013). A first attempt that fails before then is not repeated here.
 */
export async function hedged<Result>(
  { after, enter, signal }: HedgeOptions,
  attempt: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const end = (): void => over.abort(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    const first = attempt(over.signal);
    const isLate = await Promise.race([first.then(() => false), pause(after, over.signal).then(() => true)]);
    const leave = isLate ? enter() : undefined;
    if (leave === undefined) return await first;
    const second = attempt(over.signal).finally(leave);
    return await Promise.any([first, second]).catch((failures: AggregateError) => {
      throw failures.errors[0];
    });
  } finally {
    signal.removeEventListener('abort', end);
    over.abort(new DOMException('The other attempt was quicker', 'AbortError'));
  }
}
