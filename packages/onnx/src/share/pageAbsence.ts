export interface PageAbsence {
  /** The page is left, or frozen where it is. It may come back as it was. */
  readonly onAway: () => void;
  readonly onBack: () => void;
}

/**
 * Calls back when the page can do nothing for a while, and when it can again: first, it may be one that is rendered ahead
 * of being visited, whose locks and messages wait for that. Gives a function that stops it.
 */
export function watchPageAbsence({ onAway, onBack }: PageAbsence): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  // A page in the back/forward cache is frozen as well, and resumed before it is shown.
  const reasons = new Set<string>();
  const away = (reason: string) => () => {
    reasons.add(reason);
    if (reasons.size === 1) onAway();
  };
  const back = (reason: string) => () => {
    if (reasons.delete(reason) && reasons.size === 0) onBack();
  };
  const { document } = globalThis;
  if ((document as { prerendering?: boolean } | undefined)?.prerendering === true) away('not visited yet')();
  const listening = new AbortController();
  const { signal } = listening;
  globalThis.addEventListener('pagehide', away('left'), { signal });
  globalThis.addEventListener('pageshow', back('left'), { signal });
  document?.addEventListener('freeze', away('frozen'), { signal });
  document?.addEventListener('resume', back('frozen'), { signal });
  document?.addEventListener('prerenderingchange', back('not visited yet'), { signal });
  return () => listening.abort();
}
