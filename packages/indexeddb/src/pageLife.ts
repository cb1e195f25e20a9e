export interface PageLife {
  /** The page is hidden or left: the last moments in which it is sure to run. */
  readonly onHidden: () => void;
  /** The page is left. It may come back as it was, out of the back/forward cache, so this is not its end. */
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
  const onPageHide = () => {
    onHidden();
    onLeft();
  };
  page.addEventListener('visibilitychange', onVisibility);
  globalThis.addEventListener('pagehide', onPageHide);
  globalThis.addEventListener('pageshow', onShown);
  return () => {
    page.removeEventListener('visibilitychange', onVisibility);
    globalThis.removeEventListener('pagehide', onPageHide);
    globalThis.removeEventListener('pageshow', onShown);
  };
}
