import type { Life } from './life.js';

export interface TimeLimits {
  /** ms from now; `Infinity` for no limit. */
  readonly timeout: number;
  /** Makes the reason when they are over. */
  readonly timedOut: () => unknown;
  /** Aborting ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Its end is the work's end, with the same reason. */
  readonly life?: Life | undefined;
}

/**
 * Runs some work that is given a signal, and settles at once when the time is over, the caller aborts or the engine is
 * disposed of, whether the work heeds its signal or not.
 *
 * Not AbortSignal.any and AbortSignal.timeout: Safari before 17.4 lacks the first, and signals made of a long-lived one
 * are never collected in Node 20 (https://github.com/nodejs/node/issues/54614).
 */
export async function inTime<Result>(
  { timeout, timedOut, signal, life }: TimeLimits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  life?.throwIfOver();
  signal?.throwIfAborted();
  const controller = new AbortController();
  let release = (): void => undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      const stop = (reason: unknown): void => {
        reject(reason);
        controller.abort(reason);
      };
      const onAbort = (): void => stop(signal?.reason);
      const timer =
        timeout < Number.POSITIVE_INFINITY ? setTimeout(() => stop(timedOut()), timeout) : undefined;
      const leave = life?.onEnd(stop);
      signal?.addEventListener('abort', onAbort);
      release = () => {
        clearTimeout(timer);
        leave?.();
        signal?.removeEventListener('abort', onAbort);
      };
      work(controller.signal).then(resolve, reject);
    });
  } catch (error) {
    // Nothing of the work is to go on.
    controller.abort(error);
    throw error;
  } finally {
    release();
  }
}

/** Settles after so many ms, or rejects with the signal's reason as soon as it aborts. */
export function pause(time: number, signal: AbortSignal): Promise<void> {
  return inTime({ timeout: Number.POSITIVE_INFINITY, timedOut: () => undefined, signal }, (end) => {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      end.addEventListener('abort', () => clearTimeout(timer));
    });
  });
}
