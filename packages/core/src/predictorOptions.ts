import { type AuditOptions, validateAudit } from './audit/audit.js';
import type { Engine } from './engines/engine.js';
import { PredcacheError } from './errors/predcacheError.js';
import type { Freshness } from './freshness.js';
import type { Model } from './model.js';
import type { Origin } from './origin/origin.js';
import type { OutboxStore } from './origin/outboxStore.js';
import type { JsonValue } from './payload.js';
import { inferenceModes } from './pipeline/routing/inferenceModes.js';
import { completeRouting, type RoutingOptions } from './pipeline/routing/routingOptions.js';
import type { TierSkipping } from './pipeline/tierGauge.js';
import type { InferenceMode, WriteStrategy } from './predictor.js';
import type { Tensors } from './tensor.js';
import type { Tier } from './tiers/tier.js';

export interface PredictorOptions<Input = Tensors, Output = Tensors, Outputs = Tensors> extends Freshness {
  /** What is cached for. Its name, version and integrity are part of every key. */
  readonly model: Model;

  /**
   * Turns an input into what the engines take: named tensors or a JSON value. It must give the same for the same input.
   *
   * @default inputs are tensors or JSON values already
   */
  readonly encode?: ((input: Input) => unknown) | undefined;

  /**
   * Turns what the engines give into an output. It is called for every answer, hits included, each time with a copy of
   * its own; what it returns is not stored.
   *
   * @default outputs are handed out as they are
   */
  readonly decode?: ((outputs: Outputs) => Output) | undefined;

  /**
   * Bytes to make the key of, where `encode` is dear, for instance an image's file. Equal bytes must mean equal
   * outputs. `encode` is then called on a miss only, and the input must not be changed before the prediction has
   * settled. Needs `encodeVersion`.
   *
   * @example
   * { keyFrom: (image: Picture) => image.fileBytes, encodeVersion: 'resize-224-v2', encode: toPixels }
   */
  readonly keyFrom?: ((input: Input) => Uint8Array) | undefined;

  /** Change it whenever `encode` changes what it makes of an input; only with `keyFrom`, where keys cannot tell. */
  readonly encodeVersion?: string | undefined;

  /**
   * Where predictions are kept, the fastest first. One tier may serve several predictors.
   *
   * @default [memory()]
   */
  readonly tiers?: readonly Tier[] | undefined;

  /** Computes on this device. One engine may serve several predictors. */
  readonly onDevice?: Engine | undefined;

  /** Computes at a remote API. */
  readonly inCloud?: Engine | undefined;

  /**
   * Which engine is asked first, and whether the other one steps in.
   *
   * @default 'prefer_on_device'
   */
  readonly inferenceMode?: InferenceMode | undefined;

  /** How to choose between two engines; see `docs/routing.md`. */
  readonly routing?: RoutingOptions | undefined;

  /**
   * Largest input in bytes of its canonical form; a larger one is refused with `INPUT_TOO_LARGE`.
   *
   * @default 64e6
   */
  readonly maxInputSize?: number | undefined;

  /**
   * Inputs that may wait for each engine. Beyond that the least urgent fail with `ENGINE_OVERLOADED`: what is computed
   * beforehand goes first, then refreshes, then whoever came last.
   *
   * @default 10_000
   */
  readonly maxQueueLength?: number | undefined;

  /**
   * Bytes of the inputs that may wait for each engine, as `maxQueueLength`.
   *
   * @default 256e6
   */
  readonly maxQueueSize?: number | undefined;

  /**
   * Whether the buffers of inputs may be moved to where they are computed on rather than copied; pays from some 100 kB
   * on. Whoever keeps them finds them empty then: `encode` must give new ones each time. The input must not be changed
   * before the prediction has settled, since a second engine makes `encode` be called again.
   *
   * @default false
   */
  readonly transferInputs?: boolean | undefined;

  /**
   * ms after which a prediction that has no answer yet rejects with `PREDICT_TIMEOUT`, unless a call says otherwise. What
   * the engine has begun with is still kept.
   *
   * @default no limit
   */
  readonly timeout?: number | undefined;

  /**
   * State that the answer depends on beside the input, for instance a user's segment: it becomes part of the key.
   *
   * @example
   * { vary: () => ({ segment: session.segment }) }
   */
  readonly vary?: ((input: Input) => JsonValue | undefined) | undefined;

  /**
   * Whether a computed answer may be stored. One that fails counts as no.
   *
   * @default every answer is
   */
  readonly cacheable?: ((input: Input, outputs: Outputs) => boolean) | undefined;

  /**
   * Whether outputs with NaN in them are stored; mostly they mean that something went wrong.
   *
   * @default false
   */
  readonly storeNaN?: boolean | undefined;

  /**
   * How answers are written, unless a call says otherwise. `back` needs an `outbox`.
   *
   * @default 'through'
   */
  readonly write?: WriteStrategy | undefined;

  /** The app's system of record: `put` writes to it, and where it can be read it is asked before an engine. */
  readonly origin?: Origin | undefined;

  /**
   * Where what is written back waits for the origin, for instance `indexedDBOutbox()`. Of this predictor alone.
   */
  readonly outbox?: OutboxStore | undefined;

  /** Compares a sample of the hits with what the model computes now. */
  readonly audit?: AuditOptions | undefined;

  /**
   * Whether the entries of the model before may answer, marked stale, while the new one computes: after `updateModel`,
   * and on a page that starts with a new model, the one given here.
   *
   * @default false
   */
  readonly allowPreviousModel?: boolean | Model | undefined;

  /**
   * Whether tabs compute together what they ask for at the same time, from so many ms of computing on. What a tab does
   * not know yet counts as dear.
   *
   * @default { minCost: 50 }
   */
  readonly shareAcrossTabs?: false | { readonly minCost: number } | undefined;

  /**
   * Whether a tier is passed by that costs more than it can be expected to save.
   *
   * @default 'auto'
   */
  readonly tierSkipping?: TierSkipping | undefined;
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function validatePredictorOptions(options: PredictorOptions<never, unknown, never>): void {
  if (typeof options !== 'object' || options === null)
    throw invalid('model', 'There are no options', 'Pass { model, … }');
  const { model, tiers, inferenceMode, maxInputSize } = options;
  if (typeof model !== 'object' || model === null)
    throw invalid('model', 'There is none', 'Pass { name, version }');
  validateEngines(options);
  validateFunctions(options);
  if (tiers !== undefined && !(Array.isArray(tiers) && tiers.every(isTier))) {
    throw invalid('tiers', 'It is no array of tiers', 'Pass an array, for instance [memory()]');
  }
  if (new Set(tiers).size !== (tiers?.length ?? 0)) {
    throw invalid('tiers', 'The same tier stands in it twice', 'Pass each tier once');
  }
  if (maxInputSize !== undefined && !(maxInputSize >= 1)) {
    throw invalid('maxInputSize', `It is ${maxInputSize}`, 'Pass bytes, a number of 1 or more');
  }
  validateLimits(options);
  validateInferenceMode(inferenceMode);
  completeRouting(options.routing);
  validateAudit(options.audit);
  validateStrategies(options);
}

/** @throws {PredcacheError} `OPTIONS_INVALID` */
export function validateInferenceMode(mode: InferenceMode | undefined): void {
  if (mode === undefined || inferenceModes.includes(mode)) return;
  throw invalid('inferenceMode', `It is ${JSON.stringify(mode)}`, `Pass one of ${inferenceModes.join(', ')}`);
}

function validateLimits(options: PredictorOptions<never, unknown, never>): void {
  for (const option of ['maxQueueLength', 'maxQueueSize'] as const) {
    const limit = options[option];
    if (limit !== undefined && !(limit >= 1)) throw invalid(option, `It is ${limit}`, 'Pass 1 or more');
  }
  validateTimeout(options.timeout);
}

/** @throws {PredcacheError} `OPTIONS_INVALID` */
export function validateTimeout(timeout: number | undefined): void {
  if (timeout !== undefined && !(timeout > 0))
    throw invalid('timeout', `It is ${String(timeout)}`, 'Pass ms, a number above 0');
}

function validateEngines({ onDevice, inCloud }: PredictorOptions<never, unknown, never>): void {
  if (onDevice === undefined && inCloud === undefined) {
    throw invalid('onDevice, inCloud', 'Neither engine is given', 'Pass one, for instance fromFunction(run)');
  }
  for (const [option, engine] of Object.entries({ onDevice, inCloud })) {
    if (engine === undefined || isEngine(engine)) continue;
    throw invalid(option, 'It is no engine', 'Pass an engine; fromFunction(run) makes one of a function');
  }
}

function validateFunctions(options: PredictorOptions<never, unknown, never>): void {
  for (const option of ['encode', 'decode', 'keyFrom', 'vary', 'cacheable'] as const) {
    if (options[option] === undefined || typeof options[option] === 'function') continue;
    throw invalid(option, `It is of type ${typeof options[option]}`, 'Pass a function');
  }
  const { keyFrom, encodeVersion } = options;
  if ((keyFrom === undefined) !== (encodeVersion === undefined)) {
    throw invalid('keyFrom, encodeVersion', 'One is given without the other', 'Pass both or neither');
  }
  if (encodeVersion !== undefined && typeof encodeVersion !== 'string') {
    throw invalid('encodeVersion', `It is of type ${typeof encodeVersion}`, 'Pass a string');
  }
}

function validateStrategies(options: PredictorOptions<never, unknown, never>): void {
  const {
    origin,
    outbox,
    write,
    shareAcrossTabs,
    tierSkipping = 'auto',
    allowPreviousModel = false,
  } = options;
  if (origin !== undefined && typeof origin?.write !== 'function')
    throw invalid('origin', 'It has no write', 'Pass { write, read? }');
  if (outbox !== undefined && (typeof outbox?.append !== 'function' || origin === undefined))
    throw invalid(
      'outbox',
      'It is no outbox, or there is no origin',
      'Pass both, for instance indexedDBOutbox()',
    );
  if (write === 'back' && outbox === undefined)
    throw invalid('outbox', "There is none, and write is 'back'", 'Pass for instance indexedDBOutbox()');
  if (shareAcrossTabs !== undefined && shareAcrossTabs !== false && !(shareAcrossTabs?.minCost >= 0))
    throw invalid('shareAcrossTabs', 'It has no minCost', 'Pass false or { minCost }, in ms');
  if (!['auto', 'never', 'always'].includes(tierSkipping))
    throw invalid('tierSkipping', `It is ${JSON.stringify(tierSkipping)}`, 'Pass auto, never or always');
  if (typeof allowPreviousModel !== 'boolean' && typeof allowPreviousModel?.name !== 'string')
    throw invalid('allowPreviousModel', 'It is no model', 'Pass true, or the model before');
}

function isEngine(value: Engine): boolean {
  return typeof value?.run === 'function' && value.concurrency >= 1 && value.maxBatchSize >= 1;
}

function isTier(value: Tier): boolean {
  return typeof value?.getMany === 'function' && typeof value.setMany === 'function';
}

function invalid(option: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `option ${option}`, hint });
}
