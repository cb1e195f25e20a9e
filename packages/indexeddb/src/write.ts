import type { Entry } from '@predcache/core';
import type { Directory, Group } from './directory.js';
import { type Bounds, type Evicted, victimsOf } from './eviction.js';
import { ignore } from './ignore.js';
import type { Change } from './journalRecord.js';
import type { LiveDirectory } from './liveDirectory.js';
import type { Mark } from './mark.js';
import { modelDigest, rowSize } from './row.js';
import type { RowCodec } from './rowCodec.js';
import { noTags } from './rowGroups.js';
import type { RowKey } from './rowKey.js';
import type { Transaction } from './schema.js';

/** An entry, encoded as soon as it came: what becomes of it afterwards does not matter. */
export interface Encoded {
  readonly entry: Entry;
  /** In core's format. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** A mark from before it began to be computed: not to be stored if a deletion since then covers it. */
  readonly since?: Mark | undefined;
}

/** What one transaction writes: an entry for each key, `undefined` where what is stored shall go. */
export type Changes = ReadonlyMap<string, Encoded | undefined>;

/** A change made ready before the transaction, which must not wait for encryption. */
export interface PreparedChange {
  readonly rowKey: RowKey;
  /** Absent where what is stored shall go. */
  readonly row?: Uint8Array<ArrayBuffer> | undefined;
  readonly entry: Entry | undefined;
  /** What stands for its tags. */
  readonly tags: readonly string[];
  readonly since: Mark | undefined;
}

export interface WriteOutcome {
  /** To be called once the transaction is committed. */
  readonly committed: () => void;
  readonly evicted: readonly Evicted[];
  /** The keys of entries that are not stored, because another tab's deletion covers them. */
  readonly refused: readonly string[];
}

/** Makes rows of entries. The codec must be usable. */
export async function prepare(changes: Changes, codec: RowCodec): Promise<PreparedChange[]> {
  const prepared: PreparedChange[] = [];
  for (const [key, encoded] of changes) {
    const rowKey = codec.keyOf(key);
    const tags = encoded === undefined ? noTags : codec.tagsOf(encoded.entry.tags);
    const row = encoded === undefined ? undefined : codec.seal(encoded, rowKey, tags);
    prepared.push({
      rowKey,
      entry: encoded?.entry,
      tags,
      since: encoded?.since,
      row: row instanceof Promise ? await row : row,
    });
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
  changes: readonly PreparedChange[],
  { live, bounds, codec, takeUses }: WriteOptions,
): Promise<WriteOutcome> {
  const rows = transaction.objectStore('rows');
  const catchingUp = live.catchUp(transaction);
  // Whoever awaits it hears of it, should something fail before.
  catchingUp.catch(ignore);
  for (const { rowKey, row } of changes) {
    if (row === undefined) rows.delete(rowKey.buffer).catch(ignore);
    else rows.put(row, rowKey.buffer).catch(ignore);
  }
  const directory = await catchingUp;
  const refused: string[] = [];
  // Only now that every other tab's deletions are known. It is seldom that one is met: no write waits for it.
  const prepared = changes.map((change) => {
    if (!isRefused(change, live, codec)) return change;
    refused.push(change.entry!.key);
    rows.delete(change.rowKey.buffer).catch(ignore);
    return { ...change, entry: undefined, row: undefined };
  });
  const told: Change[] = takeUses().map((key) => ({ kind: 'touched', key }));
  for (const each of prepared) {
    const change = changeOf(each, codec.partition, directory);
    if (change !== undefined) told.push(change);
  }
  const evicted = makeRoom(transaction, prepared, directory, bounds);
  for (const { rowKey } of evicted) told.push({ kind: 'removed', key: rowKey });
  const committed = told.length === 0 ? ignore : live.write(transaction, told);
  return { committed, evicted, refused };
}

function isRefused(
  { rowKey, entry, tags, since }: PreparedChange,
  live: LiveDirectory,
  { partition }: RowCodec,
): boolean {
  if (since === undefined || entry === undefined) return false;
  const { createdAt } = entry;
  return live.refuses({ key: rowKey, partition, model: modelDigest(entry.model), createdAt, tags }, since);
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
  { rowKey, entry, tags }: PreparedChange,
  partition: string,
  directory: Directory,
): Change | undefined {
  if (entry === undefined) return directory.has(rowKey) ? { kind: 'removed', key: rowKey } : undefined;
  const group: Group = { partition, model: modelDigest(entry.model) };
  return { kind: 'added', key: rowKey, group, size: rowSize(entry), createdAt: entry.createdAt, tags };
}
