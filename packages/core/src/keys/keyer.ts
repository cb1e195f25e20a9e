import { PredcacheError } from '../errors/predcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import { ByteWriter, SizeLimitError } from './byteWriter.js';
import { writeCanonicalInput, writeRawInput, writeVariation } from './canonicalBytes.js';
import { modelIdentity } from './modelIdentity.js';
import { bytesToHex, sha256Hex, sha256HexOf } from './sha256.js';

/** Version of the byte layout in `docs/keys.md`; its first byte, so that layouts never meet. */
const layoutVersion = 1;

/** A key, and how to get a copy of the input to compute on. */
export interface KeyedInput {
  /** A promise of it where the input is large. */
  readonly key: string | Promise<string>;
  /** Call before anything is awaited: the caller may change its input from then on. */
  readonly copy: () => Payload;
}

export interface KeyerOptions {
  readonly model: Model;
  /** Largest input in canonical bytes. */
  readonly maxInputSize: number;
}

/** Turns inputs of one model into keys. */
export class Keyer {
  /** Hexadecimal digest of the model's identity. */
  readonly modelId: string;
  readonly #prefix: Uint8Array;
  readonly #maxInputSize: number;

  constructor({ model, maxInputSize }: KeyerOptions) {
    const identity = modelIdentity(model);
    this.modelId = bytesToHex(identity);
    this.#prefix = Uint8Array.of(layoutVersion, ...identity);
    this.#maxInputSize = maxInputSize;
  }

  /** @param variation JSON that the answer depends on beside the input; none if absent */
  keyOf(input: unknown, variation?: unknown): KeyedInput {
    return this.#write(this.#maxInputSize, variation, (writer) => {
      const copy = writeCanonicalInput(writer, input);
      return { key: sha256HexOf(writer.written), copy };
    });
  }

  /** A copy of an input that needs no key, checked as `keyOf` checks it. */
  copyOf(input: unknown): Payload {
    return this.#write(this.#maxInputSize, undefined, (writer) => writeCanonicalInput(writer, input)());
  }

  /** The input itself, checked as `keyOf` checks it. */
  checked(input: unknown): Payload {
    this.#write(this.#maxInputSize, undefined, (writer) => writeCanonicalInput(writer, input));
    return input as Payload;
  }

  /** The key of an input of no more than `limit` bytes; always synchronous. */
  keyNow(input: unknown, limit: number, variation?: unknown): string {
    return this.#write(limit, variation, (writer) => {
      writeCanonicalInput(writer, input);
      return sha256Hex(writer.written);
    });
  }

  /** The key of bytes chosen by the app, in place of the input's own. */
  keyOfBytes(bytes: Uint8Array, encodeVersion: string, variation?: unknown): string | Promise<string> {
    return this.#write(this.#maxInputSize, variation, (writer) => {
      writeRawInput(writer, bytes, encodeVersion);
      return sha256HexOf(writer.written);
    });
  }

  /** As `keyOfBytes`, as `keyNow` does it. */
  keyOfBytesNow(bytes: Uint8Array, encodeVersion: string, limit: number, variation?: unknown): string {
    return this.#write(limit, variation, (writer) => {
      writeRawInput(writer, bytes, encodeVersion);
      return sha256Hex(writer.written);
    });
  }

  #write<Result>(limit: number, variation: unknown, use: (writer: ByteWriter) => Result): Result {
    // Taken while in use: an input's getter may ask for a key while another one is being written.
    const writer = spare ?? new ByteWriter();
    spare = undefined;
    try {
      writer.reset(limit + this.#prefix.length);
      writer.bytes(this.#prefix);
      if (variation !== undefined) writeVariation(writer, variation);
      return use(writer);
    } catch (error) {
      throw error instanceof SizeLimitError ? tooLarge(error.size - this.#prefix.length, limit) : error;
    } finally {
      writer.reset();
      spare = writer;
    }
  }
}

// One buffer for all keyers, so that a key costs no allocation of one.
let spare: ByteWriter | undefined = new ByteWriter();

function tooLarge(size: number, limit: number): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_TOO_LARGE',
    what: `The input has ${size} bytes or more`,
    where: `option maxInputSize, ${limit} bytes`,
    hint: 'Send smaller inputs, or raise maxInputSize',
    details: { size, maxInputSize: limit },
  });
}
