import type { Entry } from '@predcache/core';
import type { Directory, Group } from './directory.js';
import { type Bounds, type Evicted, victimsOf } from './eviction.js';
import { ignore } from './ignore.js';
import type { Change } from './journalRecord.js';
import type { LiveDirectory } from './liveDirectory.js';
import { modelDigest, rowSize } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import type { Transaction } from './schema.js';

/** An entry, encoded as soon as it came: what becomes of it afterwards does not matter. */
export interface Encoded {
  readonly entry: Entry;
  /** In core's format. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What one transaction writes: an entry for each key, `undefined` where what is stored shall go. */
export type Changes = ReadonlyMap<string, Encoded | undefined>;

/** A change made ready before the transaction, which must not wait for encryption. */
export interface PreparedChange {
  readonly rowKey: RowKey;
  /** Absent where what is stored shall go. */
  readonly row?: Uint8Array<ArrayBuffer> | undefined;
  readonly entry: Entry | undefined;
}

export interface WriteOutcome {
  /** To be called once the transaction is committed. */
  readonly committed: () => void;
  readonly evicted: readonly Evicted[];
}

/** Makes rows of entries. The codec must be usable. */
export async function prepare(changes: Changes, codec: RowCodec): Promise<PreparedChange[]> {
  const prepared: PreparedChange[] = [];
  for (const [key, encoded] of changes) {
    const rowKey = codec.keyOf(key);
    const row = encoded === undefined ? undefined : codec.seal(encoded, rowKey);
    prepared.push({ rowKey, entry: encoded?.entry, row: row instanceof Promise ? await row : row });
  }
  return prepared;
}

export interface WriteOptions {
  readonly live: LiveDirectory;
  readonly bounds: Bounds;
  readonly codec: RowCodec;
  /** Gives the rows that were used since the last write: told in the same record. */
  readonly takeUses: () => readonly RowKey[];
}

/** Writes, makes room and tells the journal, all in the transaction given. It awaits nothing but its requests. */
export async function write(
  transaction: Transaction<'readwrite'>,
  prepared: readonly PreparedChange[],
  { live, bounds, codec, takeUses }: WriteOptions,
): Promise<WriteOutcome> {
  const rows = transaction.objectStore('rows');
  const catchingUp = live.catchUp(transaction);
  // Whoever awaits it hears of it, should something fail before.
  catchingUp.catch(ignore);
  for (const { rowKey, row } of prepared) {
    if (row === undefined) rows.delete(rowKey.buffer).catch(ignore);
    else rows.put(row, rowKey.buffer).catch(ignore);
  }
  const directory = await catchingUp;
  const changes: Change[] = takeUses().map((key) => ({ kind: 'touched', key }));
  for (const change of prepared) {
    const told = changeOf(change, codec.partition, directory);
    if (told !== undefined) changes.push(told);
  }
  const evicted = makeRoom(transaction, prepared, directory, bounds);
  for (const { rowKey } of evicted) changes.push({ kind: 'removed', key: rowKey });
  const committed = changes.length === 0 ? ignore : live.write(transaction, changes);
  return { committed, evicted };
}

function makeRoom(
  transaction: Transaction<'readwrite'>,
  prepared: readonly PreparedChange[],
  directory: Directory,
  bounds: Bounds,
) {
  let { entries, bytes } = directory;
  for (const { rowKey, entry } of prepared) {
    const before = directory.get(rowKey);
    entries += Number(entry !== undefined) - Number(before !== undefined);
    bytes += (entry === undefined ? 0 : rowSize(entry)) - (before?.size ?? 0);
  }
  if (entries <= bounds.maxEntries && bytes <= bounds.maxSize) return [];
  const staying = new Set(prepared.map(({ rowKey }) => rowKey.join()));
  const victims = victimsOf(directory, { entries, bytes }, bounds, (key) => staying.has(key.join()));
  const rows = transaction.objectStore('rows');
  for (const { rowKey } of victims) rows.delete(rowKey.buffer).catch(ignore);
  return victims;
}

function changeOf(
  { rowKey, entry }: PreparedChange,
  partition: string,
  directory: Directory,
): Change | undefined {
  if (entry === undefined) return directory.has(rowKey) ? { kind: 'removed', key: rowKey } : undefined;
  const group: Group = { partition, model: modelDigest(entry.model) };
  return { kind: 'added', key: rowKey, group, size: rowSize(entry), createdAt: entry.createdAt };
}
