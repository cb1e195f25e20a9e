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
  /** Whether an engine may take its buffers away: each `payload` is another one then. */
  readonly mayTransfer: boolean;
}

export type InputOptions<Input> = Pick<
  PredictorOptions<Input, unknown, never>,
  'encode' | 'keyFrom' | 'encodeVersion' | 'vary' | 'transferInputs'
>;

/** Turns an app's inputs into keys and payloads, by its `encode`, `keyFrom` and `vary`. */
export class Inputs<Input> {
  readonly #keyer: Keyer;
  readonly #options: InputOptions<Input>;

  constructor(keyer: Keyer, options: InputOptions<Input>) {
    this.#keyer = keyer;
    this.#options = options;
  }

  /** @throws {PredcacheError} on any input that cannot be keyed. */
  prepare(input: Input): PreparedInput {
    const variation = this.#variation(input);
    const { keyFrom, encodeVersion, transferInputs = false } = this.#options;
    if (keyFrom !== undefined) {
      return {
        key: this.#keyer.keyOfBytes(this.#rawBytes(input), encodeVersion!, variation),
        payload: () => this.#payload(input),
        isCopiedAtOnce: false,
        mayTransfer: transferInputs,
      };
    }
    const encoded = this.#encode(input);
    const { key, copy } = this.#keyer.keyOf(encoded, variation);
    if (!transferInputs) return { key, payload: copy, isCopiedAtOnce: true, mayTransfer: false };
    let next: unknown = encoded;
    const payload = () => {
      const given = next === undefined ? this.#payload(input) : (next as Payload);
      next = undefined;
      return given;
    };
    return { key, payload, isCopiedAtOnce: false, mayTransfer: true };
  }

  /** The key where it can be had at once; `undefined` for inputs too large, or that cannot be keyed. */
  keyNow(input: Input): string | undefined {
    try {
      const variation = this.#variation(input);
      if (this.#options.keyFrom === undefined)
        return this.#keyer.keyNow(this.#encode(input), largestPeeked, variation);
      const bytes = this.#rawBytes(input);
      return this.#keyer.keyOfBytesNow(bytes, this.#options.encodeVersion!, largestPeeked, variation);
    } catch {
      return undefined;
    }
  }

  #payload(input: Input): Payload {
    const encoded = this.#encode(input);
    return this.#options.transferInputs === true ? this.#keyer.checked(encoded) : this.#keyer.copyOf(encoded);
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

  #variation(input: Input): unknown {
    if (this.#options.vary === undefined) return undefined;
    try {
      return this.#options.vary(input);
    } catch (error) {
      throw toPredcacheError(error, {
        code: 'INPUT_ENCODE_FAILED',
        where: 'option vary',
        hint: 'Let vary return a JSON value, or undefined where there is nothing to tell apart',
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
