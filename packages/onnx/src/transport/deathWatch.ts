/**
 * Calls `onDeath` when the worker that holds the lock has ended. Gives a function that stops watching.
 *
 * A browser may refuse a page that waits for a lock its place in the back/forward cache (Chromium 156 does not). So the
 * wait is given up while the page is hidden away and taken up again when it returns; the worker goes on holding.
 */
export function watchForDeath(lock: string, onDeath: () => void): () => void {
  let waiting: AbortController | undefined;
  const watch = () => {
    if (waiting !== undefined) return;
    waiting = new AbortController();
    const { signal } = waiting;
    navigator.locks
      .request(lock, { signal }, () => {
        if (!signal.aborted) onDeath();
      })
      // Given up, or refused by the browser: then the run timeout notices.
      .catch(() => {});
  };
  const giveUp = () => {
    waiting?.abort();
    waiting = undefined;
  };
  watch();
  globalThis.addEventListener?.('pagehide', giveUp);
  globalThis.addEventListener?.('pageshow', watch);
  return () => {
    globalThis.removeEventListener?.('pagehide', giveUp);
    globalThis.removeEventListener?.('pageshow', watch);
    giveUp();
  };
}
