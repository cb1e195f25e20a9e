/** The part of a `BroadcastChannel` that is used. */
export interface Wire {
  onmessage: ((event: MessageEvent) => void) | null;
  /** Throws for what cannot be cloned. */
  postMessage(message: unknown): void;
  close(): void;
}

export interface LockOptions {
  /** @default 'exclusive' */
  readonly mode?: 'shared';
  readonly signal?: AbortSignal;
  readonly steal?: boolean;
}

/** The part of a `LockManager` that is used. */
export interface Locks {
  request(name: string, options: LockOptions, holding: () => Promise<void> | undefined): Promise<unknown>;
}

/** What tabs of one origin have in common. */
export interface Surroundings {
  /** Absent in insecure contexts. Reading it may throw. */
  readonly locks: Locks | undefined;
  /** Throws where there are no channels, or where this frame may talk to nobody. */
  openWire(name: string): Wire;
}

/** The globals, looked at when they are needed, so that an import on a server touches none. */
export const globalSurroundings: Surroundings = {
  get locks() {
    return globalThis.navigator?.locks as Locks | undefined;
  },
  openWire: (name) => new BroadcastChannel(name),
};
