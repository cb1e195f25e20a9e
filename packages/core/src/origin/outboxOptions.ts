import { PredcacheError } from '../errors/predcacheError.js';
import type { Origin } from './origin.js';
import type { OutboxStore } from './outboxStore.js';

export interface OutboxOptions {
  /** Where writes wait. Closed by `dispose`. */
  readonly store: OutboxStore;
  /** Where they go. All who use a store of one name deliver what is in it, so they need the same origin. */
  readonly origin: Origin;
  /**
   * Writes in one call of `origin.write`, at most.
   *
   * @default 50
   */
  readonly batchSize?: number | undefined;
  /**
   * ms that one call of `origin.write` may take.
   *
   * @default 30_000
   */
  readonly timeout?: number | undefined;
  /**
   * ms after which to look again for what other tabs have put and not delivered.
   *
   * @default 60_000
   */
  readonly interval?: number | undefined;
  /**
   * ms before what earlier sessions have left is delivered, so that it does not delay the start of the page. A `put`
   * ends it.
   *
   * @default 2_000
   */
  readonly startPause?: number | undefined;
}

export type OutboxSettings = {
  readonly [Name in keyof OutboxOptions]-?: Exclude<OutboxOptions[Name], undefined>;
};

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function toOutboxSettings({
  store,
  origin,
  batchSize = 50,
  timeout = 30_000,
  interval = 60_000,
  startPause = 2_000,
}: OutboxOptions): OutboxSettings {
  if (typeof store?.append !== 'function') {
    throw invalid('store', store, 'Pass an OutboxStore, such as indexedDBOutbox()');
  }
  if (typeof origin?.write !== 'function') {
    throw invalid('origin', origin, 'Pass an object with a function write(entries, { signal })');
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw invalid('batchSize', batchSize, 'Pass a whole number of 1 or more');
  }
  checkTime('timeout', timeout, 1);
  checkTime('interval', interval, 1);
  checkTime('startPause', startPause, 0);
  return { store, origin, batchSize, timeout, interval, startPause };
}

/** Beyond 2^31 - 1, timers fire at once; the timeout is doubled. */
const longest = 2 ** 30 - 1;

function checkTime(option: string, value: unknown, least: number): void {
  if (typeof value === 'number' && value >= least && value <= longest) return;
  throw invalid(option, value, `Pass a number of ms from ${least} to ${longest}`);
}

function invalid(option: string, value: unknown, hint: string): PredcacheError {
  const what = `${option} is ${typeof value === 'object' ? 'not of the kind needed' : String(value)}`;
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `outbox({ ${option} })`, hint });
}
