import type { Timed } from './watch.js';

/** What a tab works with. */
export interface Settings {
  /** Bound of the persistent tier, in bytes. */
  readonly maxSize: number;
  /** The least number of floats in an output: 4 bytes each. */
  readonly floats: number;
  /** For the choice of what is asked again. */
  readonly seed: number;
  /** What its acknowledgements are marked with. A later epoch begins when what was written before may be gone. */
  readonly epoch?: number | undefined;
}

/** What a tab has done so far. */
export interface Progress {
  /** Predictions that were answered, each of them checked, and entries read, checked as well. */
  readonly answers: number;
  /** Answers whose value was not that of the input. */
  readonly wrong: number;
  /** Predictions that rejected, and calls of the tier that did. */
  readonly failed: number;
  /** Predictions that were answered from the persistent tier. */
  readonly hits: number;
  /** The most entries that the tier said it holds. */
  readonly mostEntries: number;
  readonly slowest: Timed;
  /** Promises that had not settled after the limit. Known at the end only. */
  readonly unsettled: readonly Timed[];
  /** How often each `tier-error` came, by operation, code and cause. */
  readonly tierErrors: Readonly<Record<string, number>>;
  /** What was wrong or failed first. */
  readonly complaint?: string | undefined;
}

/** What a tab tells while it is at work. */
export type Message =
  /** These numbers are stored, the tier said. `epoch` is when their writing began; see `Settings`. */
  | { readonly type: 'acknowledged'; readonly numbers: readonly number[]; readonly epoch: number }
  /** The keys of entries that the tier said it evicted. */
  | { readonly type: 'evicted'; readonly keys: readonly string[] }
  /** A worker has begun a write. */
  | { readonly type: 'writing' }
  | { readonly type: 'progress'; readonly progress: Progress };

/** Where a load gets its numbers from and tells what it does. */
export interface Outlet {
  tell(message: Message): void;
  /** The first of `granted` numbers that nobody has had yet. Whatever is ever written is granted before. */
  grant(): Promise<number>;
}

/** How many numbers are granted at once. */
export const granted = 500;

export interface Lost {
  readonly number: number;
  readonly key: string;
}

/** What a fresh tier holds of all numbers ever granted. */
export interface Verification {
  readonly progress: Progress;
  /** What the tier says it holds, asked before anything else. */
  readonly usage: { readonly entries: number; readonly bytes: number };
  /** What `getMany` finds. */
  readonly found: { readonly entries: number; readonly bytes: number };
  /** Those owed that it does not find. */
  readonly lost: readonly Lost[];
}

export interface VerifyOptions {
  readonly settings: Settings;
  /** Numbers from 0 to below this are looked up. */
  readonly upTo: number;
  /** Numbers that must be there. */
  readonly owed: readonly number[];
}
