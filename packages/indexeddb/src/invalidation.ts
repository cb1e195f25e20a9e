import { bytesToHex } from '@predcache/core';
import type { RowFacts } from './directory.js';
import type { RowKey } from './rowKey.js';

/** Which rows a deletion covers, in the words of the directory: digests, and what stands for tags. */
export type RowSelector =
  | { readonly all: true }
  /** Row keys, as 64 hexadecimal digits each. */
  | { readonly keys: readonly string[] }
  | { readonly model: string }
  | { readonly model: string; readonly tags: readonly string[] }
  | { readonly model: string; readonly createdBefore: number };

/** What the journal keeps of a deletion that somebody ordered, for those whose computations began before it. */
export interface InvalidationContent {
  /** The tier that it was called on. */
  readonly origin: string;
  /** As `Group.partition`: nobody else's rows are meant. */
  readonly partition: string;
  readonly selector: RowSelector;
  /** The selector as it was called, in JSON, where `selector` does not tell. In hexadecimal digits, if it is `sealed`. */
  readonly text?: string | undefined;
  readonly sealed?: boolean | undefined;
}

export interface Invalidation extends InvalidationContent {
  /** Of the record that told of it first. */
  readonly sequence: number;
  /** When it was written, in ms since the epoch. */
  readonly at: number;
}

/** What has to be known of a row to say whether a deletion covers it. */
export interface CoveredRow extends Omit<RowFacts, 'size'> {
  readonly key: RowKey;
}

/** A function that says whether a deletion covers a row, quick for many rows. */
export function coverOf({ partition, selector }: InvalidationContent): (row: CoveredRow) => boolean {
  const isMeant = coverWithin(selector);
  return (row) => row.partition === partition && isMeant(row);
}

function coverWithin(selector: RowSelector): (row: CoveredRow) => boolean {
  if ('all' in selector) return () => true;
  if ('keys' in selector) {
    const keys = new Set(selector.keys);
    return ({ key }) => keys.has(digitsOf(key));
  }
  const { model } = selector;
  if ('tags' in selector)
    return (row) => row.model === model && row.tags.some((tag) => selector.tags.includes(tag));
  if ('createdBefore' in selector)
    return (row) => row.model === model && row.createdAt < selector.createdBefore;
  return (row) => row.model === model;
}

/** How many keys or tags it names: what it takes to keep it. */
export function weightOf({ selector }: InvalidationContent): number {
  if ('keys' in selector) return 1 + selector.keys.length;
  return 'tags' in selector ? 1 + selector.tags.length : 1;
}

/** Whether whatever the one covers, the other does too; `false` where that is not plain. */
export function isWithin(inner: InvalidationContent, outer: InvalidationContent): boolean {
  if (inner.partition !== outer.partition) return false;
  const [small, large] = [inner.selector, outer.selector];
  if ('all' in large) return true;
  if (!('model' in large) || !('model' in small) || small.model !== large.model) return false;
  if ('createdBefore' in large) return false;
  return !('tags' in large) || ('tags' in small && small.tags.every((tag) => large.tags.includes(tag)));
}

/** A row key as `RowSelector` has it. */
export function digitsOf(key: RowKey): string {
  return bytesToHex(new Uint8Array(key.buffer, key.byteOffset, key.byteLength));
}
