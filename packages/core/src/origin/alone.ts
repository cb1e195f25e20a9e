import { firstOf } from '../abortSignals.js';

export interface AloneOptions {
  /** What all have in common of whom one at a time works; `undefined` when there are no others. */
  readonly name: string | undefined;
  /** Ends the waiting; the work has to heed it by itself. */
  readonly signal: AbortSignal;
  /** ms to wait for the others. */
  readonly patience: number;
}

/**
 * Works while nobody else does, in any tab: under the Web Lock of that name. Where there are no Web Locks it just works.
 * Gives `undefined` when others have worked all the time there was.
 *
 * @throws The signal's reason when it aborts; and what `work` throws.
 */
export async function alone<T>(
  { name, signal, patience }: AloneOptions,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  signal.throwIfAborted();
  // Lib types promise it always; insecure contexts, old browsers and servers do not have it.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (name === undefined || locks === undefined) return { value: await work() };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  const { signal: either, release } = firstOf(signal, late.signal);
  let hasBegun = false;
  try {
    return await locks.request(name, { signal: either }, async () => {
      hasBegun = true;
      clearTimeout(timer);
      return { value: await work() };
    });
  } catch (error) {
    if (hasBegun || signal.aborted) throw error;
    if (late.signal.aborted) return undefined;
    // Locks are refused here, as in a frame whose origin is opaque; nobody else sees its storage either.
    return { value: await work() };
  } finally {
    clearTimeout(timer);
    release();
  }
}
