import { PredcacheError } from '@predcache/core';

export interface IndexedDBOutboxOptions {
  /**
   * Of the outbox: those of one name share what waits, in all tabs of the origin, and need the same `origin` to deliver it
   * to.
   *
   * @default 'default'
   */
  readonly name?: string | undefined;
  /**
   * Whose writes these are, for instance a user's id: those of one partition wait until an outbox of that partition is
   * opened again, and are never delivered by another user's. The name itself is not stored.
   *
   * @default none
   */
  readonly partition?: string | undefined;
  /**
   * Writes that may wait.
   *
   * @default 10_000
   */
  readonly maxEntries?: number | undefined;
  /**
   * Bytes that may wait.
   *
   * @default 16e6
   */
  readonly maxSize?: number | undefined;
  /**
   * ms that an operation may take, opening the database included.
   *
   * @default 5000
   */
  readonly timeout?: number | undefined;
}

export interface OutboxStoreSettings {
  readonly name: string;
  readonly partition: string | undefined;
  readonly maxEntries: number;
  readonly maxSize: number;
  readonly timeout: number;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function toOutboxStoreSettings({
  name = 'default',
  partition,
  maxEntries = 10_000,
  maxSize = 16e6,
  timeout = 5_000,
}: IndexedDBOutboxOptions): OutboxStoreSettings {
  checkText('name', name);
  if (partition !== undefined) checkText('partition', partition);
  checkBound('maxEntries', maxEntries);
  checkBound('maxSize', maxSize);
  // Beyond 2^31 - 1, timers fire at once.
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout < 2 ** 31)) {
    throw invalid('timeout', timeout, 'Pass a number of ms, above 0 and below 2^31');
  }
  return { name, partition, maxEntries, maxSize, timeout };
}

function checkText(option: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw invalid(option, value, 'Pass a string that is not empty');
}

function checkBound(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1) return;
  throw invalid(option, value, 'Pass a number of 1 or more');
}

function invalid(option: string, value: unknown, hint: string): PredcacheError {
  const what = `${option} is ${typeof value === 'string' ? `"${value}"` : String(value)}`;
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `indexedDBOutbox({ ${option} })`, hint });
}
