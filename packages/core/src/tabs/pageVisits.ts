export interface PageVisits {
  /** The page is left. It may come back as it was, out of the back/forward cache. */
  readonly onLeft: () => void;
  /** The page is shown, for the first time or again. */
  readonly onShown: () => void;
}

/** Calls back as the page comes and goes. Does nothing on servers. The returned function ends it. */
export function watchPageVisits({ onLeft, onShown }: PageVisits): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener('pagehide', onLeft);
  globalThis.addEventListener('pageshow', onShown);
  return () => {
    globalThis.removeEventListener('pagehide', onLeft);
    globalThis.removeEventListener('pageshow', onShown);
  };
}
