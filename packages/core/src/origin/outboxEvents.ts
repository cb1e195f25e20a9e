import type { Entry } from '../entry.js';
import type { PredcacheError } from '../errors/predcacheError.js';

/** How an outbox stands. What waits is counted for all tabs, the rest for this outbox since it was made. */
export interface OutboxStats {
  /** Writes that are durable here and not yet known to be at the origin. */
  readonly waiting: number;
  /** Bytes they take. */
  readonly bytes: number;
  /** Writes that the origin took. */
  readonly delivered: number;
  /** Calls of the origin that failed or refused. */
  readonly failed: number;
  /** Writes that the origin refused for good. */
  readonly refused: number;
  /** Of the last call that failed; absent once one has succeeded since. */
  readonly lastError?: PredcacheError | undefined;
}

export type OutboxEvent =
  /** Something was added, delivered, refused, or could not be delivered. */
  | ({ readonly type: 'outbox' } & OutboxStats)
  /**
   * The origin refused this write alone, for good: it is given up, and the ones behind it go on. Reported before it is
   * removed, so that it may be reported once more after a crash.
   */
  | {
      readonly type: 'origin-refused';
      readonly entry: Entry;
      readonly idempotencyKey: string;
      readonly error: PredcacheError;
    }
  /** Records were found damaged: these writes are lost. */
  | { readonly type: 'outbox-damaged'; readonly records: number }
  /**
   * The storage was found emptied without anybody having done so: the browser cleared it, or its files were damaged.
   * Whatever waited is lost; how much, nobody knows.
   */
  | { readonly type: 'outbox-lost' }
  /** The outbox's storage failed while delivering. It is tried again. */
  | { readonly type: 'outbox-error'; readonly error: PredcacheError };

export type OutboxListener = (event: OutboxEvent) => void;
