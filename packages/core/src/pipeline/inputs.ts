import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Keyer } from '../keys/keyer.js';
import type { Payload } from '../payload.js';
import type { PredictorOptions } from '../predictorOptions.js';
import { arrayName } from '../tensorTypes.js';

/** Beyond this many bytes hashing on the spot would hold up a page for several ms: `peek` leaves it to `predict`. */
const largestPeeked = 256_000;

/** An input with its key, and what an engine would compute on. */
export interface PreparedInput {
  readonly key: string | Promise<string>;
  readonly payload: () => Payload;
  /**
   * Whether `payload` must be called before anything is awaited, because the caller may change its input from then on.
   * With `keyFrom` it may not, so that a hit is spared the encoding.
   */
  readonly isCopiedAtOnce: boolean;
}

/** Turns an app's inputs into keys and payloads, by its `encode` and `keyFrom`. */
export class Inputs<Input> {
  readonly #keyer: Keyer;
  readonly #options: Pick<PredictorOptions<Input, unknown, never>, 'encode' | 'keyFrom' | 'encodeVersion'>;

  constructor(
    keyer: Keyer,
    options: Pick<PredictorOptions<Input, unknown, never>, 'encode' | 'keyFrom' | 'encodeVersion'>,
  ) {
    this.#keyer = keyer;
    this.#options = options;
  }

  /** @throws {PredcacheError} on any input that cannot be keyed. */
  prepare(input: Input): PreparedInput {
    if (this.#options.keyFrom === undefined) {
      const { key, copy } = this.#keyer.keyOf(this.#encode(input));
      return { key, payload: copy, isCopiedAtOnce: true };
    }
    return {
      key: this.#keyer.keyOfBytes(this.#rawBytes(input), this.#options.encodeVersion!),
      payload: () => this.#keyer.copyOf(this.#encode(input)),
      isCopiedAtOnce: false,
    };
  }

  /** The key where it can be had at once; `undefined` for inputs too large, or that cannot be keyed. */
  keyNow(input: Input): string | undefined {
    try {
      if (this.#options.keyFrom === undefined) return this.#keyer.keyNow(this.#encode(input), largestPeeked);
      const bytes = this.#rawBytes(input);
      return this.#keyer.keyOfBytesNow(bytes, this.#options.encodeVersion!, largestPeeked);
    } catch {
      return undefined;
    }
  }

  #encode(input: Input): unknown {
    if (this.#options.encode === undefined) return input;
    try {
      return this.#options.encode(input);
    } catch (error) {
      throw toPredcacheError(error, {
        code: 'INPUT_ENCODE_FAILED',
        where: 'option encode',
        hint: 'Mend encode, or keep from it what it cannot take; see the cause',
      });
    }
  }

  #rawBytes(input: Input): Uint8Array {
    try {
      const bytes: unknown = this.#options.keyFrom!(input);
      if (ArrayBuffer.isView(bytes) && arrayName(bytes) === 'Uint8Array') return bytes as Uint8Array;
      throw new TypeError(`It gave ${typeof bytes}, not a Uint8Array`);
    } catch (error) {
      throw toPredcacheError(error, {
        code: 'INPUT_ENCODE_FAILED',
        where: 'option keyFrom',
        hint: 'Let keyFrom return the bytes that tell one input from another',
      });
    }
  }
}
