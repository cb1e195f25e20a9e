import { PredcacheError } from '../errors/predcacheError.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';

export interface MemoryOptions {
  /**
   * Bytes it may hold: keys, outputs and bookkeeping, by `Entry.size` rounded up to whole bytes.
   *
   * @default 16e6
   */
  readonly maxSize?: number | undefined;
  /**
   * Entries it may hold.
   *
   * @default unbounded, that is 16,777,215
   */
  readonly maxEntries?: number | undefined;
  /**
   * Bytes of the largest entry it takes; larger ones are refused with an event, so that one of them cannot push out
   * many. No entry may take more than 4 GiB.
   *
   * @default maxSize
   */
  readonly maxEntrySize?: number | undefined;
  /**
   * How long after it was computed an entry is kept, in ms. There are no timers: what is too old is never given out,
   * and gives back its memory when the tier is used next.
   *
   * @default unbounded
   */
  readonly ttl?: number | undefined;
  /**
   * Who goes when room is needed. A policy keeps state: give each tier one of its own.
   *
   * @default s3fifo()
   */
  readonly policy?: EvictionPolicy | undefined;
  /**
   * The part of `maxSize` that any one model's entries may take where several predictors share the tier, above 0 and
   * up to 1; or such a part by `Predictor.modelId`, models left out having no bound of their own. A model at its bound
   * makes room among its own entries, by a policy of the same kind.
   *
   * @default 1
   *
   * @example
   * const tier = memory({ maxSize: 32e6, maxShare: 0.5 });
   */
  readonly maxShare?: number | Readonly<Record<string, number>> | undefined;
}

const methods = ['reserve', 'inserted', 'used', 'replaced', 'removed', 'victim', 'fresh'] as const;

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function validateMemoryOptions(options: MemoryOptions): void {
  const { maxSize, maxEntries, maxEntrySize, ttl, policy, maxShare } = options;
  for (const [option, value] of Object.entries({ maxSize, maxEntrySize })) {
    if (value !== undefined && !(typeof value === 'number' && value >= 1))
      throw invalid(option, value, 'Pass a number of bytes, 1 or more');
  }
  if (maxEntries !== undefined && !(maxEntries === Number.POSITIVE_INFINITY || isCount(maxEntries)))
    throw invalid('maxEntries', maxEntries, 'Pass a whole number of 1 or more');
  if (ttl !== undefined && !(typeof ttl === 'number' && ttl > 0))
    throw invalid('ttl', ttl, 'Pass a number of ms above 0');
  if (policy !== undefined) validatePolicy(policy);
  if (maxShare !== undefined) validateShare(maxShare);
}

export function isPolicy(value: unknown): value is EvictionPolicy {
  return methodMissingIn(value) === undefined;
}

/** @throws {PredcacheError} `OPTIONS_INVALID` */
export function validatePolicy(policy: unknown): void {
  const missing = methodMissingIn(policy);
  if (missing !== undefined)
    throw invalid(
      'policy',
      policy,
      `Pass what lru(), s3fifo() or another policy gives: it lacks ${missing}()`,
    );
}

function methodMissingIn(value: unknown): string | undefined {
  const policy = value as Partial<EvictionPolicy> | undefined | null;
  return methods.find((method) => typeof policy?.[method] !== 'function');
}

function validateShare(maxShare: number | Readonly<Record<string, number>>): void {
  const shares = typeof maxShare === 'object' && maxShare !== null ? Object.values(maxShare) : [maxShare];
  for (const share of shares) {
    if (!(typeof share === 'number' && share > 0 && share <= 1))
      throw invalid(
        'maxShare',
        share,
        'Pass a number above 0 and up to 1, or an object of such numbers by modelId',
      );
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function invalid(option: string, value: unknown, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `${option} is ${typeof value === 'object' ? 'not what it should be' : String(value)}`,
    where: `memory({ ${option} })`,
    hint,
  });
}
