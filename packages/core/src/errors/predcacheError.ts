/** Every code this family of packages throws; `docs/errors.md` says what each one means and what to do. */
export type ErrorCode =
  // the caller's input or options
  | 'INPUT_INVALID'
  | 'INPUT_TENSOR_INVALID'
  | 'INPUT_NOT_JSON'
  | 'INPUT_TOO_LARGE'
  | 'INPUT_ENCODE_FAILED'
  | 'INPUT_REJECTED'
  | 'OPTIONS_INVALID'
  // what came back
  | 'OUTPUT_INVALID'
  | 'OUTPUT_DECODE_FAILED'
  // engines
  | 'ENGINE_MISSING'
  | 'ENGINE_FAILED'
  | 'ENGINES_FAILED'
  | 'ENGINE_OVERLOADED'
  | 'PREDICT_TIMEOUT'
  | 'SIGNATURE_UNKNOWN'
  // model files and the runtime
  | 'MODEL_DOWNLOAD_FAILED'
  | 'MODEL_NOT_A_MODEL'
  | 'MODEL_INTEGRITY_MISMATCH'
  | 'MODEL_INVALID'
  | 'MODEL_CRASHED'
  | 'RUNTIME_UNAVAILABLE'
  // the worker
  | 'WORKER_START_FAILED'
  | 'WORKER_DIED'
  | 'WORKER_TIMEOUT'
  // the remote API
  | 'REMOTE_UNREACHABLE'
  | 'REMOTE_TIMEOUT'
  | 'REMOTE_STATUS'
  | 'REMOTE_PROTOCOL'
  // storage
  | 'STORAGE_UNAVAILABLE'
  | 'STORAGE_TIMEOUT'
  | 'STORAGE_FAILED'
  | 'STORAGE_CORRUPT'
  // writing back to the app's origin
  | 'OUTBOX_FULL'
  | 'ORIGIN_FAILED'
  | 'ORIGIN_TIMEOUT'
  | 'ORIGIN_REFUSED'
  // warm packs
  | 'PACK_UNREACHABLE'
  // 'only-if-cached'
  | 'NOT_CACHED'
  // eviction policies
  | 'POLICY_FAILED'
  // life
  | 'DISPOSED';

export interface PredcacheErrorInit {
  /** Stable and machine-readable; branch on this, never on the message. */
  code: ErrorCode;
  /** What happened, as a sentence without its full stop. */
  what: string;
  /** Where: the option, input name, model or operation concerned. */
  where: string;
  /** What the reader can do about it, as a sentence without its full stop. */
  hint: string;
  /** Values worth having in a log: counts, sizes, statuses. Never raw inputs. */
  details?: Readonly<Record<string, unknown>> | undefined;
  /** The error below this one, if any. */
  cause?: unknown;
}

/**
 * The base of every error thrown by Predcache.
 *
 * @example
 * try {
 *   await predictor.predict(input);
 * } catch (error) {
 *   if (isPredcacheError(error) && error.code === 'MODEL_INTEGRITY_MISMATCH') reportBadDeploy(error.details);
 * }
 */
export class PredcacheError extends Error {
  override readonly name: string = 'PredcacheError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, what, where, hint, details = {}, cause }: PredcacheErrorInit) {
    super(`${what} (${where}). ${hint}.`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.what = what;
    this.where = where;
    this.hint = hint;
    this.details = details;
  }
}

/** True for any Predcache error, also one from another realm or another copy of this package. */
export function isPredcacheError(value: unknown): value is PredcacheError {
  if (value instanceof PredcacheError) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { code, what, where, hint } = value as Partial<Record<keyof PredcacheError, unknown>>;
  return [code, what, where, hint].every((field) => typeof field === 'string');
}
