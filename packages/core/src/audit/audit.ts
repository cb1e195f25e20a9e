import { type Comparison, comparePayloads } from '../comparePayloads.js';
import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { Payload } from '../payload.js';

export interface AuditOptions {
  /** The part of the hits to compare, 0 to 1. */
  readonly rate: number;
  /**
   * How far apart numbers may be: |a − b| ≤ tolerance · max(1, |a|, |b|).
   *
   * @default 0: equal to the bit
   */
  readonly tolerance?: number | undefined;
}

/** What an audit found. Entries that do not agree are removed. */
export interface AuditResult extends Comparison {
  readonly key: string;
  readonly stored: Payload;
  readonly recomputed: Payload;
  readonly storedBackend: string;
  readonly recomputedBackend: string;
}

/** What was computed anew. */
export interface Recomputed {
  readonly outputs: Payload;
  readonly backend: string;
}

/** `undefined` where the entry is no longer answered with, and need not be compared. */
type Recompute = () => Promise<Recomputed | undefined>;

/** Audits waiting at most; hits beyond that are not audited. */
const mostWaiting = 100;

export interface AuditorOptions extends AuditOptions {
  readonly whenIdle: () => Promise<void>;
  readonly onResult: (result: AuditResult) => void;
  readonly onFailed: (key: string, error: unknown) => void;
}

/** Recomputes a sample of the hits, one at a time, while there is nothing else to do. */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #queue: { readonly entry: Entry; readonly recompute: Recompute }[] = [];
  #isRunning = false;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** Whether the next hit is one of the sample. */
  isDue({ computedBy }: Entry): boolean {
    // What the app gave is meant to differ.
    return computedBy !== 'app' && this.#queue.length < mostWaiting && Math.random() < this.#options.rate;
  }

  add(entry: Entry, recompute: Recompute): void {
    this.#queue.push({ entry, recompute });
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    const { tolerance = 0, whenIdle, onResult, onFailed } = this.#options;
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      await whenIdle();
      const { entry, recompute } = this.#queue.shift()!;
      try {
        const recomputed = await recompute();
        if (recomputed === undefined) continue;
        const { outputs, backend } = recomputed;
        onResult({
          ...comparePayloads(entry.outputs, outputs, tolerance),
          key: entry.key,
          stored: entry.outputs,
          recomputed: outputs,
          storedBackend: entry.backend,
          recomputedBackend: backend,
        });
      } catch (error) {
        onFailed(entry.key, error);
      }
    }
    this.#isRunning = false;
  }
}

/** @throws {PredcacheError} `OPTIONS_INVALID` */
export function validateAudit(audit: AuditOptions | undefined): void {
  if (audit === undefined) return;
  const { rate, tolerance = 0 } = Object(audit) as AuditOptions;
  const areNumbers = typeof rate === 'number' && typeof tolerance === 'number';
  if (areNumbers && rate >= 0 && rate <= 1 && tolerance >= 0) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `It is ${JSON.stringify(audit)}`,
    where: 'option audit',
    hint: 'Pass { rate } from 0 to 1, and a tolerance of 0 or more',
  });
}
