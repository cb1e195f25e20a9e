import type { Locks, Surroundings, Wire } from '../../src/tabs/surroundings.js';

/** Runs something later, and whatever came before it or not, as the origin's browser would choose. */
export type Defer = (what: string, run: () => void) => void;

/** In the order of their coming, each in a task of its own: as in a browser with one process and no luck needed. */
const inOrder: Defer = (_, run) => void setImmediate(run);

interface Request {
  readonly tab: FakeTab;
  readonly grant: () => Promise<unknown>;
}

/** One origin's locks and channels in memory, for tabs that can die. Order is what `defer` makes of it. */
export class FakeOrigin {
  readonly wires = new Set<FakeWire>();
  readonly #defer: Defer;
  readonly #held = new Map<string, Request>();
  readonly #queues = new Map<string, Request[]>();

  constructor(defer: Defer = inOrder) {
    this.#defer = defer;
  }

  openTab(): FakeTab {
    return new FakeTab(this);
  }

  /** Names of the locks that are held or waited for. */
  get lockNames(): string[] {
    return [...this.#held.keys()];
  }

  defer(what: string, run: () => void): void {
    this.#defer(what, run);
  }

  request(
    tab: FakeTab,
    name: string,
    signal: AbortSignal,
    holding: () => Promise<void> | undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // Nothing of a dead tab runs any more; here it does, without anybody noticing.
      if (tab.isDead) return;
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const request: Request = {
        tab,
        grant: async () => {
          const held = holding();
          resolve(held);
          await held;
        },
      };
      queue.push(request);
      signal.addEventListener('abort', () => {
        const index = queue.indexOf(request);
        if (index < 0) return;
        queue.splice(index, 1);
        reject(signal.reason);
      });
      this.#grantNext(name);
    });
  }

  /** A browser frees what a tab has held once it is gone. */
  forget(tab: FakeTab): void {
    for (const wire of [...this.wires]) if (wire.tab === tab) wire.close();
    for (const queue of this.#queues.values()) {
      for (const request of queue.filter((each) => each.tab === tab)) queue.splice(queue.indexOf(request), 1);
    }
    for (const [name, request] of [...this.#held]) if (request.tab === tab) this.#free(name, request);
  }

  #grantNext(name: string): void {
    if (this.#held.has(name)) return;
    const request = this.#queues.get(name)?.shift();
    if (request === undefined) return;
    this.#held.set(name, request);
    this.#defer(`grant ${name}`, () => {
      if (request.tab.isDead) return;
      const free = () => this.#defer(`free ${name}`, () => this.#free(name, request));
      request.grant().then(free, free);
    });
  }

  #free(name: string, request: Request): void {
    if (this.#held.get(name) !== request) return;
    this.#held.delete(name);
    this.#grantNext(name);
  }
}

/** What one tab sees of its origin. */
export class FakeTab implements Surroundings {
  readonly #origin: FakeOrigin;
  isDead = false;

  constructor(origin: FakeOrigin) {
    this.#origin = origin;
  }

  get locks(): Locks {
    return {
      request: (name, { signal }, holding) => this.#origin.request(this, name, signal, holding),
    };
  }

  get isListening(): boolean {
    return [...this.#origin.wires].some((wire) => wire.tab === this && wire.onmessage !== null);
  }

  openWire(name: string): FakeWire {
    return new FakeWire(this.#origin, this, name);
  }

  /** Nothing it does from now on reaches another tab, and it holds nothing. */
  die(): void {
    this.isDead = true;
    this.#origin.forget(this);
  }
}

export class FakeWire implements Wire {
  readonly tab: FakeTab;
  readonly #origin: FakeOrigin;
  readonly #name: string;
  /** In the order of their sending, whatever else comes between. */
  readonly #arriving: unknown[] = [];
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor(origin: FakeOrigin, tab: FakeTab, name: string) {
    this.#origin = origin;
    this.tab = tab;
    this.#name = name;
    origin.wires.add(this);
  }

  postMessage(message: unknown): void {
    if (this.tab.isDead) return;
    for (const other of this.#origin.wires) {
      if (other === this || other.#name !== this.#name) continue;
      other.#arriving.push(structuredClone(message));
      this.#origin.defer(`message on ${this.#name}`, () => other.#deliver());
    }
  }

  close(): void {
    this.#origin.wires.delete(this);
  }

  #deliver(): void {
    const data = this.#arriving.shift();
    if (this.#origin.wires.has(this)) this.onmessage?.(new MessageEvent('message', { data }));
  }
}
