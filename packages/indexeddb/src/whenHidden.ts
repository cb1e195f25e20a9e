/**
 * Calls back each time the page is hidden or left: the last moments in which it is sure to run. Does nothing in workers
 * and on servers. The returned function ends it.
 */
export function whenHidden(callback: () => void): () => void {
  const page = globalThis.document;
  if (page === undefined) return () => {};
  const onVisibility = () => {
    if (page.visibilityState === 'hidden') callback();
  };
  page.addEventListener('visibilitychange', onVisibility);
  globalThis.addEventListener('pagehide', callback);
  return () => {
    page.removeEventListener('visibilitychange', onVisibility);
    globalThis.removeEventListener('pagehide', callback);
  };
}
