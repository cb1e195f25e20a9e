import type { Engine } from './engines/engine.js';
import { PredcacheError } from './errors/predcacheError.js';
import type { Model } from './model.js';
import { inferenceModes } from './pipeline/router.js';
import type { InferenceMode } from './predictor.js';
import type { Tensors } from './tensor.js';
import type { Tier } from './tiers/tier.js';

export interface PredictorOptions<Input = Tensors, Output = Tensors, Outputs = Tensors> {
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

  /**
   * Largest input in bytes of its canonical form; a larger one is refused with `INPUT_TOO_LARGE`.
   *
   * @default 64e6
   */
  readonly maxInputSize?: number | undefined;
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
  validateInferenceMode(inferenceMode);
}

/** @throws {PredcacheError} `OPTIONS_INVALID` */
export function validateInferenceMode(mode: InferenceMode | undefined): void {
  if (mode === undefined || inferenceModes.includes(mode)) return;
  throw invalid('inferenceMode', `It is ${JSON.stringify(mode)}`, `Pass one of ${inferenceModes.join(', ')}`);
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
  for (const option of ['encode', 'decode', 'keyFrom'] as const) {
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

function isEngine(value: Engine): boolean {
  return typeof value?.run === 'function' && value.concurrency >= 1 && value.maxBatchSize >= 1;
}

function isTier(value: Tier): boolean {
  return typeof value?.getMany === 'function' && typeof value.setMany === 'function';
}

function invalid(option: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'OPTIONS_INVALID', what, where: `option ${option}`, hint });
}
