import {
  type Entry,
  entrySize,
  type FlushResult,
  isPredcacheError,
  type OriginWrite,
  Outbox,
  type OutboxStats,
} from '@predcache/core';
import { indexedDBOutbox } from '@predcache/indexeddb';
import type { Message, Progress } from './messages.js';
import { Watch } from './watch.js';

export interface WriteBackSettings {
  /** Where the origin listens. */
  readonly origin: string;
  /** The first number to be put; above all that any page before has put. */
  readonly from: number;
  /** Writes are of so many keys. */
  readonly keys: number;
  /** ms that a call of the origin has. */
  readonly timeout: number;
  readonly epoch: number;
}

/** What an origin is sent of each write. */
export interface SentWrite {
  readonly idempotencyKey: string;
  readonly key: string;
  readonly number: number;
}

const mostAtOnce = 8;
const pauseTime = 4;
const patience = 10_000;

/** Puts into an outbox without end, and tells what was acknowledged. */
export class WriteBackLoad {
  readonly #settings: WriteBackSettings;
  readonly #tell: (message: Message) => void;
  readonly #outbox: Outbox;
  readonly #watch = new Watch();
  readonly #errors: Record<string, number> = {};
  #next: number;
  #answers = 0;
  #failed = 0;
  #complaint: string | undefined;

  constructor(settings: WriteBackSettings, tell: (message: Message) => void) {
    this.#settings = settings;
    this.#tell = tell;
    this.#next = settings.from;
    this.#outbox = new Outbox({
      store: indexedDBOutbox({ maxEntries: 1e6, maxSize: 1e9 }),
      origin: { write: (writes, { signal }) => this.#send(writes, signal) },
      timeout: settings.timeout,
      startPause: 100,
    });
    this.#outbox.subscribe((event) => {
      if (event.type === 'outbox-error') this.#count(`outbox ${event.error.code}`);
      if (event.type === 'outbox-lost') this.#count('outbox lost');
      if (event.type === 'outbox-damaged') this.#fail(`${event.records} records damaged`);
    });
  }

  /** Begins to put; ends with the page. */
  async start(): Promise<void> {
    for (let round = 0; ; round++) {
      const count = 1 + (round % mostAtOnce);
      await Promise.all(Array.from({ length: count }, () => this.#put(this.#next++)));
      this.#tell({ type: 'progress', progress: this.progress() });
      await new Promise((resolve) => setTimeout(resolve, pauseTime));
    }
  }

  flush(): Promise<FlushResult> {
    return this.#outbox.flush();
  }

  stats(): Promise<OutboxStats> {
    return this.#watch.time('stats', () => this.#outbox.stats());
  }

  progress(): Progress {
    return {
      answers: this.#answers,
      wrong: 0,
      failed: this.#failed,
      hits: 0,
      mostEntries: 0,
      slowest: this.#watch.slowest,
      unsettled: this.#watch.pending.filter(({ time }) => time > patience),
      tierErrors: { ...this.#errors },
      complaint: this.#complaint,
    };
  }

  async #put(number: number): Promise<void> {
    try {
      await this.#watch.time('put', () => this.#outbox.put(entryOf(number, this.#settings.keys)));
      this.#answers++;
      this.#tell({ type: 'acknowledged', numbers: [number], epoch: this.#settings.epoch });
    } catch (error) {
      this.#fail(`put ${number}: ${isPredcacheError(error) ? error.message : String(error)}`);
    }
  }

  async #send(writes: readonly OriginWrite[], signal: AbortSignal) {
    const sent: readonly SentWrite[] = writes.map(({ idempotencyKey, entry }) => ({
      idempotencyKey,
      key: entry.key,
      number: (entry.outputs as { number: number }).number,
    }));
    // Sent as text, which needs no preflight.
    const init = { method: 'POST', body: JSON.stringify(sent), signal, keepalive: true };
    const { ok, status } = await fetch(this.#settings.origin, init);
    if (!ok) throw Object.assign(new Error(`status ${status}`), { permanent: status === 422 });
  }

  #fail(complaint: string): void {
    this.#failed++;
    this.#complaint ??= complaint;
  }

  #count(error: string): void {
    this.#errors[error] = (this.#errors[error] ?? 0) + 1;
  }
}

function entryOf(number: number, keys: number): Entry {
  const outputs = { number, label: 'x'.repeat(number % 100) };
  return {
    key: (number % keys).toString(16).padStart(64, '0'),
    model: 'a'.repeat(64),
    outputs,
    createdAt: Date.now(),
    cost: 0,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'app',
    backend: 'app',
  };
}
