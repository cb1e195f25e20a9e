import {
  type Accounts,
  emptyAccounts,
  forgetAccounts,
  readAccounts,
  recount,
  writeAccounts,
} from './accounts.js';
import { isCount } from './row.js';
import type { Transaction } from './schema.js';

/** Keeps the accounts through one deletion, and counts what it removes. */
export class Ledger {
  readonly #transaction: Transaction<'readwrite'>;
  /** `undefined` when the accounts are to be forgotten: they will be counted anew when they are next needed. */
  #accounts: Accounts | undefined;
  #isCertain = true;
  #isEmpty = false;
  #removed = 0;

  private constructor(transaction: Transaction<'readwrite'>, accounts: Accounts | undefined) {
    this.#transaction = transaction;
    this.#accounts = accounts;
  }

  /** @param forget Write nothing, not even the accounts: with no space left, only deleting goes through. */
  static async open(
    transaction: Transaction<'readwrite'>,
    { forget }: { readonly forget: boolean },
  ): Promise<Ledger> {
    return new Ledger(transaction, forget ? undefined : await readAccounts(transaction));
  }

  get entriesRemoved(): number {
    return this.#removed;
  }

  /** A row is removed. `size` is what it was counted for, where that is known. */
  removed(size: unknown): void {
    this.#removed++;
    if (this.#accounts === undefined) return;
    const { entries, bytes, nextSequence } = this.#accounts;
    if (!isCount(size)) this.#isCertain = false;
    this.#accounts = { entries: entries - 1, bytes: bytes - (isCount(size) ? size : 0), nextSequence };
  }

  /** Every row is removed. */
  cleared(entries: number): void {
    this.#removed += entries;
    this.#isEmpty = true;
    if (this.#accounts !== undefined) this.#accounts = emptyAccounts(this.#accounts.nextSequence);
  }

  /** Puts the accounts down. Gives them, or `undefined` when they are not known. */
  async close(): Promise<Accounts | undefined> {
    if (this.#removed === 0) return this.#accounts;
    if (this.#accounts === undefined) {
      forgetAccounts(this.#transaction);
      return this.#isEmpty ? emptyAccounts() : undefined;
    }
    const accounts = this.#isCertain
      ? this.#accounts
      : await recount(this.#transaction, this.#accounts.nextSequence);
    writeAccounts(this.#transaction, accounts);
    return accounts;
  }
}
