export interface WakeUpCalls {
  /** Now is a good moment: the network has come back, or the page has been shown again. */
  readonly onChance: () => void;
  /** The page is hidden or left: it may be the last moment. */
  readonly onHidden: () => void;
}

/** Calls back until the returned function is called. Does nothing on servers; workers hear of the network only. */
export function listenForWakeUps({ onChance, onHidden }: WakeUpCalls): () => void {
  const scope = globalThis as Partial<Pick<typeof globalThis, 'addEventListener' | 'document'>>;
  if (typeof scope.addEventListener !== 'function') return () => {};
  const page = scope.document;
  const onShown = ({ persisted }: PageTransitionEvent) => {
    // Out of the back/forward cache: timers stood still meanwhile.
    if (persisted) onChance();
  };
  const onVisibility = () => {
    if (page?.visibilityState === 'hidden') onHidden();
  };
  globalThis.addEventListener('online', onChance);
  globalThis.addEventListener('pagehide', onHidden);
  globalThis.addEventListener('pageshow', onShown);
  page?.addEventListener?.('visibilitychange', onVisibility);
  return () => {
    globalThis.removeEventListener('online', onChance);
    globalThis.removeEventListener('pagehide', onHidden);
    globalThis.removeEventListener('pageshow', onShown);
    page?.removeEventListener?.('visibilitychange', onVisibility);
  };
}
