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
   * How long after it was computed an entry is kept, in ms.
   *
   * @default unbounded
   */
  readonly ttl?: number | undefined;
  /**
   * Bytes of the entries used last that are packed into one value, so that after the next opening they are in memory at
   * once and answer `peek`. They are memory beside a memory tier's. 0 for none.
   *
   * @default 4e6
   */
  readonly hotSet?: number | undefined;
  /**
   * Whose predictions these are, for instance a user's id: those of one partition are neither found nor removed by a tier
   * of another. The budget is common to all partitions of a database. The name itself is not stored.
   *
   * @default none
   */
  readonly partition?: string | undefined;
  /**
   * Encrypts what is stored, and the digests it is found by. `key` is for AES-GCM, with the usages `encrypt` and
   * `decrypt`; it need not be extractable, and is best kept so.
   *
   * @default not encrypted
   *
   * @example
   * const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
   * const tier = indexedDB({ partition: userId, encrypt: { key } });
   */
  readonly encrypt?: { readonly key: CryptoKey } | undefined;
  /**
   * Whether a write waits until it is on the disk (`strict`) or until the operating system has it (`relaxed`), which only
   * a loss of power tells apart. Strict writes take twice as long or longer.
   *
   * @default 'relaxed'
   */
  readonly durability?: 'relaxed' | 'strict' | undefined;
  /**
   * The database's name, for apps that share an origin. In the browser's tools a number follows it, that of the layout.
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
  /** `Infinity` when not bounded. */
  readonly ttl: number;
  readonly hotSet: number;
  readonly partition: string | undefined;
  readonly key: CryptoKey | undefined;
  readonly durability: 'relaxed' | 'strict';
  readonly name: string;
  readonly timeout: number;
  readonly gatherTime: number;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function toSettings({
  maxSize = 64e6,
  maxEntries = Number.POSITIVE_INFINITY,
  ttl = Number.POSITIVE_INFINITY,
  hotSet = 4e6,
  partition,
  encrypt,
  durability = 'relaxed',
  name = 'predcache',
  timeout = 3_000,
  gatherTime = 30,
}: IndexedDBOptions): Settings {
  checkBound('maxSize', maxSize);
  checkBound('maxEntries', maxEntries);
  if (typeof ttl !== 'number' || !(ttl > 0)) throw invalid('ttl', ttl, 'Pass a number of ms above 0');
  if (typeof hotSet !== 'number' || !(hotSet >= 0 && hotSet < 2 ** 31)) {
    throw invalid('hotSet', hotSet, 'Pass a number of bytes, 0 or more and below 2^31');
  }
  if (partition !== undefined && (typeof partition !== 'string' || partition === '')) {
    throw invalid('partition', partition, 'Pass a string that is not empty');
  }
  if (encrypt !== undefined) checkKey(encrypt);
  if (durability !== 'relaxed' && durability !== 'strict') {
    throw invalid('durability', durability, "Pass 'relaxed' or 'strict'");
  }
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
  const key = encrypt?.key;
  return { maxSize, maxEntries, ttl, hotSet, partition, key, durability, name, timeout, gatherTime };
}

function checkKey({ key }: NonNullable<IndexedDBOptions['encrypt']>): void {
  const { algorithm, usages } = (key ?? {}) as Partial<CryptoKey>;
  const isFit = usages?.includes('encrypt') && usages.includes('decrypt') && algorithm?.name === 'AES-GCM';
  if (isFit) return;
  throw invalid('encrypt', key, "Pass { key }, an AES-GCM CryptoKey with the usages 'encrypt' and 'decrypt'");
}

function checkBound(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1) return;
  throw invalid(option, value, 'Pass a number of 1 or more');
}

function invalid(option: string, value: unknown, hint: string): PredcacheError {
  const what = `${option} is ${typeof value === 'string' ? `"${value}"` : String(value)}`;
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `indexedDB({ ${option} })`, hint });
}
