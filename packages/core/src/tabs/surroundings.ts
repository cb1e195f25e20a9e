/** The part of a `BroadcastChannel` that is used. Node's has `unref`. */
export interface Wire {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
  unref?(): void;
}

/** The part of a `LockManager` that is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    holding: () => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** What tabs of one origin share. */
export interface Surroundings {
  /** Absent in insecure contexts and in Node 20. Reading it may throw. */
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

/** A wire that keeps no process alive; `undefined` where there is none to be had. */
export function tryToOpen(surroundings: Surroundings, name: string): Wire | undefined {
  try {
    const wire = surroundings.openWire(name);
    wire.unref?.();
    return wire;
  } catch {
    return undefined;
  }
}

/** False where a message cannot be sent: it cannot be cloned, say. */
export function tryToPost(wire: Wire, message: unknown): boolean {
  try {
    wire.postMessage(message);
    return true;
  } catch {
    return false;
  }
}
