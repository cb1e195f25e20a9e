import type { PredcacheError } from '@predcache/core';

export interface WarmOptions {
  /** Path of the `.onnx` file. */
  readonly model: string;
  /** Path of the inputs, one JSON value a line; `-` for standard input. */
  readonly inputs: string;
  /** Path of the pack. Until it is whole, what was computed stands in a file of that name with `.partial` behind it. */
  readonly out: string;

  /**
   * The model's name, as the page gives it to `createPredictor`.
   *
   * @default the file's name without `.onnx`
   */
  readonly name?: string | undefined;

  /**
   * The model's version, as the page gives it to `createPredictor`.
   *
   * @default '1'
   */
  readonly version?: string | undefined;

  /**
   * The digest that the file must have, `sha256-` and base64; `false` for pages that give `createPredictor` none.
   *
   * @default the file's own digest
   */
  readonly integrity?: string | false | undefined;

  /**
   * Path of a module that exports the page's `encode`, and its `keyFrom` and `encodeVersion` where it has them.
   *
   * @default lines are tensors in the form that `tensorsFromJson` reads
   */
  readonly encode?: string | undefined;

  /**
   * Whether inputs that cannot be predicted are passed over.
   *
   * @default false
   */
  readonly skipBad?: boolean | undefined;

  /**
   * Whether what an interrupted run has left is thrown away.
   *
   * @default false
   */
  readonly restart?: boolean | undefined;

  /** Aborting rejects with the signal's reason; what was computed is kept for the next run. */
  readonly signal?: AbortSignal | undefined;

  /** Hears of each input passed over, with `skipBad`. */
  readonly onBadLine?: ((error: PredcacheError) => void) | undefined;

  /** Hears how far it is, after every few inputs. */
  readonly onProgress?: ((progress: WarmProgress) => void) | undefined;
}

export interface WarmProgress {
  /** Inputs done with, whether predicted, known already or bad. */
  readonly inputs: number;
  /** Bytes of the inputs done with. */
  readonly bytes: number;
  /** Bytes of all inputs, where that is known. */
  readonly totalBytes: number | undefined;
}

export interface WarmResult {
  /** Predictions in the pack. */
  readonly predictions: number;
  /** How many of them were computed now. */
  readonly computed: number;
  /** How many of them an interrupted run had computed. */
  readonly resumed: number;
  /** Inputs whose key another one had before. */
  readonly duplicates: number;
  /** Inputs passed over. */
  readonly bad: number;
  /** Bytes of the pack. */
  readonly size: number;
}
