import type { GuardedPolicy } from './guardedPolicy.js';
import type { MemoryCounts } from './memoryStats.js';

/** What a tier knows of one model's entries. */
export class ModelAccount {
  /** Bytes that the model's entries may take. */
  readonly maxSize: number;
  /** Chooses among the model's own entries; `undefined` where the model may fill the whole tier. */
  readonly policy: GuardedPolicy | undefined;
  entries = 0;
  bytes = 0;
  hits = 0;
  misses = 0;
  readonly evictions = { size: 0, entries: 0, share: 0 };
  expirations = 0;
  refusals = 0;
  costSaved = 0;

  constructor(maxSize: number, policy: GuardedPolicy | undefined) {
    this.maxSize = maxSize;
    this.policy = policy;
  }

  counts(): MemoryCounts {
    const { entries, bytes, hits, misses, evictions, expirations, refusals, costSaved } = this;
    return { entries, bytes, hits, misses, evictions: { ...evictions }, expirations, refusals, costSaved };
  }
}

/** The accounts of a tier's models, found by the model's digest or by a small number that stands for it. */
export class ModelAccounts {
  readonly #create: (model: string, number: number) => ModelAccount;
  readonly #numbers = new Map<string, number>();
  readonly #accounts: ModelAccount[] = [];
  // Calls for one model come in a row, nearly always: comparing with the last one saves the Map.
  #lastModel: string | undefined;
  #lastNumber = 0;
  #lastAccount: ModelAccount | undefined;

  constructor(create: (model: string, number: number) => ModelAccount) {
    this.#create = create;
  }

  /** The number of a model, new or known. */
  numberOf(model: string): number {
    if (model === this.#lastModel) return this.#lastNumber;
    let number = this.#numbers.get(model);
    if (number === undefined) {
      number = this.#accounts.length;
      this.#numbers.set(model, number);
      this.#accounts.push(this.#create(model, number));
    }
    this.#lastModel = model;
    this.#lastNumber = number;
    this.#lastAccount = this.#accounts[number];
    return number;
  }

  /** The number of a model, if it is known. */
  knownNumberOf(model: string): number | undefined {
    return this.#numbers.get(model);
  }

  /** The account of a model, new or known. */
  of(model: string): ModelAccount {
    return model === this.#lastModel ? this.#lastAccount! : this.at(this.numberOf(model));
  }

  at(number: number): ModelAccount {
    return this.#accounts[number]!;
  }

  *[Symbol.iterator](): Iterator<[string, ModelAccount]> {
    for (const [model, number] of this.#numbers) yield [model, this.#accounts[number]!];
  }
}

/** Everything that some accounts say, in one. */
export function sumOf(accounts: Iterable<MemoryCounts>): MemoryCounts {
  const total = new ModelAccount(0, undefined);
  for (const each of accounts) {
    for (const field of [
      'entries',
      'bytes',
      'hits',
      'misses',
      'expirations',
      'refusals',
      'costSaved',
    ] as const)
      total[field] += each[field];
    for (const reason of ['size', 'entries', 'share'] as const)
      total.evictions[reason] += each.evictions[reason];
  }
  return total.counts();
}
