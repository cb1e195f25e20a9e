export interface PageLife {
  /** The page is hidden: the last moments in which it is sure to run. */
  readonly onHidden: () => void;
  /** The page is left, which may be before it is hidden. It may come back as it was, out of the back/forward cache, so this is not its end. */
  readonly onLeft: () => void;
  /** The page is shown, for the first time or again. */
  readonly onShown: () => void;
}

/** Calls back as the page comes and goes. Does nothing in workers and on servers. The returned function ends it. */
export function watchPageLife({ onHidden, onLeft, onShown }: PageLife): () => void {
  const page = globalThis.document;
  if (page === undefined) return () => {};
  const onVisibility = () => {
    if (page.visibilityState === 'hidden') onHidden();
  };
  page.addEventListener('visibilitychange', onVisibility);
  globalThis.addEventListener('pagehide', onLeft);
  globalThis.addEventListener('pageshow', onShown);
  return () => {
    page.removeEventListener('visibilitychange', onVisibility);
    globalThis.removeEventListener('pagehide', onLeft);
    globalThis.removeEventListener('pageshow', onShown);
  };
}
