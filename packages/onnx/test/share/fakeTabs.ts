import type { LockOptions, Locks, Surroundings, Wire } from '../../src/share/surroundings.js';

type Holding = () => Promise<void> | undefined;

interface LockRequest {
  readonly holding: Holding;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** What the tabs of one origin share, without a browser: messages and locks that a test can interfere with. */
export class FakeOrigin {
  readonly #wires = new Map<string, Set<FakeWire>>();
  readonly #queues = new Map<string, LockRequest[]>();

  /** What one tab sees of it. */
  tab(): FakeTab {
    return new FakeTab(this);
  }

  /** As any script of the origin could. */
  post(name: string, message: unknown): void {
    this.deliver(name, message, undefined);
  }

  /** Channels that are open now. */
  get channels(): string[] {
    return [...this.#wires].filter(([, wires]) => wires.size > 0).map(([name]) => name);
  }

  open(wire: FakeWire): void {
    const wires = this.#wires.get(wire.name) ?? new Set();
    wires.add(wire);
    this.#wires.set(wire.name, wires);
  }

  close(wire: FakeWire): void {
    this.#wires.get(wire.name)?.delete(wire);
  }

  deliver(name: string, message: unknown, from: FakeWire | undefined): void {
    for (const wire of this.#wires.get(name) ?? []) {
      if (wire === from) continue;
      const data = structuredClone(message);
      setImmediate(() => wire.hear(data));
    }
  }

  async request(name: string, { signal, steal = false }: LockOptions, holding: Holding): Promise<void> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    await new Promise<void>((resolve, reject) => {
      const request: LockRequest = { holding, resolve, reject };
      if (steal) {
        const stolen = queue.shift();
        queue.unshift(request);
        stolen?.reject(new DOMException('Stolen', 'AbortError'));
        this.#grant(name);
        return;
      }
      queue.push(request);
      signal?.addEventListener('abort', () => {
        const place = queue.indexOf(request);
        if (place > 0) queue.splice(place, 1);
        if (place > 0) reject(signal.reason);
      });
      if (queue.length === 1) setImmediate(() => this.#grant(name));
    });
  }

  #grant(name: string): void {
    const queue = this.#queues.get(name)!;
    const [request] = queue;
    if (request === undefined) return;
    const release = () => {
      if (queue[0] !== request) return;
      queue.shift();
      request.resolve();
      setImmediate(() => this.#grant(name));
    };
    void Promise.resolve(request.holding()).then(release);
  }
}

export class FakeTab implements Surroundings {
  readonly #origin: FakeOrigin;
  readonly locks: Locks;
  /** Its main thread stands still: it hears nothing. */
  isHung = false;
  /** What of its messages gets lost. */
  loses: (message: { readonly kind?: string }) => boolean = () => false;

  constructor(origin: FakeOrigin) {
    this.#origin = origin;
    this.locks = { request: (name, options, holding) => origin.request(name, options, holding) };
  }

  openWire(name: string): Wire {
    return new FakeWire(name, this, this.#origin);
  }
}

class FakeWire implements Wire {
  onmessage: ((event: MessageEvent) => void) | null = null;
  #isClosed = false;

  constructor(
    readonly name: string,
    readonly tab: FakeTab,
    readonly origin: FakeOrigin,
  ) {
    origin.open(this);
  }

  postMessage(message: unknown): void {
    const cloned = structuredClone(message);
    if (!this.#isClosed && !this.tab.loses(cloned as { kind?: string }))
      this.origin.deliver(this.name, cloned, this);
  }

  hear(data: unknown): void {
    if (!this.#isClosed && !this.tab.isHung) this.onmessage?.({ data } as MessageEvent);
  }

  close(): void {
    this.#isClosed = true;
    this.origin.close(this);
  }
}
