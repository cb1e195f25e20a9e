import { PredcacheError } from '../errors/predcacheError.js';
import { outboxFull } from './outboxFull.js';
import type { OutboxRecord, OutboxStore, OutboxUsage } from './outboxStore.js';

export interface MemoryOutboxOptions {
  /** @default 10_000 */
  readonly maxEntries?: number | undefined;
  /**
   * In bytes.
   *
   * @default 16e6
   */
  readonly maxSize?: number | undefined;
}

/**
 * An outbox that is NOT durable: what was not delivered is gone when the process ends. For places without storage, such as
 * a server that delivers soon after and can afford to lose what it had not, and for tests.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const outbox = new Outbox({ store: memoryOutbox({ maxEntries: 1_000 }), origin });
 */
export function memoryOutbox({ maxEntries = 10_000, maxSize = 16e6 }: MemoryOutboxOptions = {}): OutboxStore {
  checkBound('maxEntries', maxEntries);
  checkBound('maxSize', maxSize);
  return new MemoryOutbox(maxEntries, maxSize);
}

class MemoryOutbox implements OutboxStore {
  readonly name = undefined;
  readonly #maxEntries: number;
  readonly #maxSize: number;
  /** In the order of their ids. */
  readonly #records = new Map<number, Uint8Array>();
  #bytes = 0;
  #lastId = 0;
  #isClosed = false;

  constructor(maxEntries: number, maxSize: number) {
    this.#maxEntries = maxEntries;
    this.#maxSize = maxSize;
  }

  async append(records: readonly Uint8Array[]): Promise<OutboxUsage> {
    this.#check();
    const usage = this.#usage();
    const bytes = records.reduce((sum, record) => sum + record.length, 0);
    const full = outboxFull(usage, { entries: records.length, bytes });
    if (full !== undefined) throw full;
    for (const record of records) this.#records.set(++this.#lastId, record);
    this.#bytes += bytes;
    return this.#usage();
  }

  async read({ after, count }: { after: number; count: number }): Promise<readonly OutboxRecord[]> {
    this.#check();
    const found: OutboxRecord[] = [];
    for (const [id, bytes] of this.#records) {
      if (found.length >= count) break;
      if (id > after) found.push({ id, bytes });
    }
    return found;
  }

  async remove(records: readonly OutboxRecord[]): Promise<OutboxUsage> {
    this.#check();
    for (const { id, bytes } of records) {
      // Ids never start anew here: the same record is the same object.
      if (this.#records.get(id) !== bytes) continue;
      this.#bytes -= bytes.length;
      this.#records.delete(id);
    }
    return this.#usage();
  }

  async usage(): Promise<OutboxUsage> {
    this.#check();
    return this.#usage();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #usage(): OutboxUsage {
    return {
      entries: this.#records.size,
      bytes: this.#bytes,
      maxEntries: this.#maxEntries,
      maxSize: this.#maxSize,
    };
  }

  #check(): void {
    if (!this.#isClosed) return;
    throw new PredcacheError({
      code: 'DISPOSED',
      what: 'The outbox is closed',
      where: 'memoryOutbox',
      hint: 'Make a new one',
    });
  }
}

function checkBound(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `${option} is ${String(value)}`,
    where: `memoryOutbox({ ${option} })`,
    hint: 'Pass a number of 1 or more',
  });
}
