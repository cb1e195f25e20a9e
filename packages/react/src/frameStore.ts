/** What `useSyncExternalStore` reads: a snapshot that keeps its identity until the next frame with a change. */
export interface FrameStore<Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

export interface FrameStoreSource<Event, Snapshot> {
  /** Hears every event until the returned function is called. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** Takes in one event. Whether the next snapshot may differ for it. */
  readonly hear: (event: Event) => boolean;
  /** Makes a snapshot. */
  readonly read: () => Snapshot;
}

/**
 * Turns a stream of events into snapshots, at most one for each animation frame: a thousand events between two frames
 * cost one render. It listens only while somebody listens to it.
 */
export function createFrameStore<Event, Snapshot>({
  subscribe,
  hear,
  read,
}: FrameStoreSource<Event, Snapshot>): FrameStore<Snapshot> {
  const listeners = new Set<() => void>();
  let snapshot: { readonly value: Snapshot } | undefined;
  let frame: number | undefined;
  let unsubscribe: (() => void) | undefined;

  function schedule(): void {
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      snapshot = { value: read() };
      for (const listener of [...listeners]) listener();
    });
  }

  function stop(): void {
    unsubscribe?.();
    unsubscribe = undefined;
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
  }

  return {
    subscribe(listener) {
      const added = () => listener();
      listeners.add(added);
      if (unsubscribe === undefined) {
        unsubscribe = subscribe((event) => {
          if (hear(event)) schedule();
        });
        // Nobody listened between the first render and now, and nobody knows what has happened meanwhile.
        schedule();
      }
      return () => {
        listeners.delete(added);
        if (listeners.size === 0) stop();
      };
    },
    getSnapshot() {
      snapshot ??= { value: read() };
      return snapshot.value;
    },
  };
}
