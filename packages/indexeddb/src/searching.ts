import type { Selector } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { ignore } from './ignore.js';
import { modelDigest } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';

export interface SearchOptions {
  readonly bookkeeping: Bookkeeping;
  readonly codec: RowCodec;
  /** Reads rows as they are stored. */
  readonly read: (keys: readonly RowKey[]) => Promise<readonly unknown[]>;
  /** The function failed; told once, however often it does. */
  readonly onFailed: (cause: unknown) => void;
}

const rowsAtOnce = 256;

/**
 * The keys of a model's entries in this partition that a function says yes to, or fails on: a cache may forget what is
 * right, and must not keep what may be wrong. Reads all rows of the model, some at a time; those that cannot be read are
 * misses anyway.
 */
export async function keysWhere(
  { model, where }: Extract<Selector, { readonly where: unknown }>,
  { bookkeeping, codec, read, onFailed }: SearchOptions,
): Promise<readonly string[]> {
  if (!(await codec.isUsable())) return [];
  const rowKeys = await rowsOf(modelDigest(model), codec.partition, bookkeeping);
  const keys: string[] = [];
  let hasFailed = false;
  for (let from = 0; from < rowKeys.length; from += rowsAtOnce) {
    const part = rowKeys.slice(from, from + rowsAtOnce);
    const rows = await read(part);
    const readings = await Promise.all(part.map((key, index) => codec.decode(rows[index], key)));
    for (const reading of readings) {
      if (reading.kind !== 'entry') continue;
      try {
        if (!where(reading.entry)) continue;
      } catch (cause) {
        if (!hasFailed) onFailed(cause);
        hasFailed = true;
      }
      keys.push(reading.entry.key);
    }
  }
  return keys;
}

/** Those of other tabs included, up to now. */
async function rowsOf(
  model: string,
  partition: string,
  bookkeeping: Bookkeeping,
): Promise<readonly RowKey[]> {
  const look = (inStep: InStep) =>
    inStep(async (transaction) => {
      const directory = await bookkeeping.live.catchUp(transaction);
      const keys = directory.keysOf((group) => group.partition === partition && group.model === model);
      return { keys, committed: ignore };
    });
  return (await bookkeeping.change('delete', look, { force: true }))?.value.keys ?? [];
}
