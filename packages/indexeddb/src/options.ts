import { PredcacheError } from '@predcache/core';

export interface IndexedDBOptions {
  /**
   * Bytes it may hold, by `Entry.size`. What the browser's files take differs somewhat.
   *
   * @default 64e6
   */
  readonly maxSize?: number | undefined;
  /**
   * Entries it may hold.
   *
   * @default unbounded
   */
  readonly maxEntries?: number | undefined;
  /**
   * The database's name, for apps that share an origin.
   *
   * @default 'predcache'
   */
  readonly name?: string | undefined;
  /**
   * ms that an operation may take, opening the database included. When they are over, a look-up is a miss and a
   * write is skipped.
   *
   * @default 3000
   */
  readonly timeout?: number | undefined;
  /**
   * ms for which writes that follow one another closely are gathered while look-ups are going on, because a look-up has
   * to wait for the write before it. A write that comes alone goes at once; all go when the page is hidden. 0 gathers
   * only what one turn writes.
   *
   * @default 30
   */
  readonly gatherTime?: number | undefined;
}

export interface Settings {
  readonly maxSize: number;
  /** `Infinity` when not bounded. */
  readonly maxEntries: number;
  readonly name: string;
  readonly timeout: number;
  readonly gatherTime: number;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function toSettings({
  maxSize = 64e6,
  maxEntries = Number.POSITIVE_INFINITY,
  name = 'predcache',
  timeout = 3_000,
  gatherTime = 30,
}: IndexedDBOptions): Settings {
  checkBound('maxSize', maxSize);
  checkBound('maxEntries', maxEntries);
  if (typeof name !== 'string' || name === '') {
    throw invalid('name', name, 'Pass a string that is not empty');
  }
  // Beyond 2^31 - 1, timers fire at once.
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout < 2 ** 31)) {
    throw invalid('timeout', timeout, 'Pass a number of ms, above 0 and below 2^31');
  }
  if (typeof gatherTime !== 'number' || !(gatherTime >= 0 && gatherTime <= 1_000)) {
    throw invalid('gatherTime', gatherTime, 'Pass a number of ms from 0 to 1000');
  }
  return { maxSize, maxEntries, name, timeout, gatherTime };
}

function checkBound(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1) return;
  throw invalid(option, value, 'Pass a number of 1 or more');
}

function invalid(option: string, value: unknown, hint: string): PredcacheError {
  const what = `${option} is ${typeof value === 'string' ? `"${value}"` : String(value)}`;
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `indexedDB({ ${option} })`, hint });
}
