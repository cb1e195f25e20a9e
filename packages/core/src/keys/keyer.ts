import { bytesToHex } from '@noble/hashes/utils.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import { ByteWriter } from './byteWriter.js';
import { writeCanonicalInput, writeRawInput } from './canonicalBytes.js';
import { modelIdentity } from './modelIdentity.js';
import { sha256Hex, sha256HexOf } from './sha256.js';

/** Version of the byte layout in `docs/keys.md`; its first byte, so that layouts never meet. */
const layoutVersion = 1;

/** A key, and how to get a copy of the input to compute on. */
export interface KeyedInput<Key extends string | Promise<string>> {
  readonly key: Key;
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

  /** The key of an input; a promise of it where the input is large. */
  keyOf(input: unknown): KeyedInput<string | Promise<string>> {
    const copy = this.#write(input);
    return { key: sha256HexOf(writer.written), copy };
  }

  /** The key of an input that is no larger than `limit` bytes, else `undefined`; always synchronous. */
  keyNow(input: unknown, limit: number): string | undefined {
    this.#write(input);
    return writer.length > limit ? undefined : sha256Hex(writer.written);
  }

  /** The key of bytes chosen by the app, in place of the input's own. */
  keyOfBytes(bytes: Uint8Array, encodeVersion: string): string | Promise<string> {
    this.#writeRaw(bytes, encodeVersion);
    return sha256HexOf(writer.written);
  }

  /** As `keyOfBytes`, as `keyNow` does it. */
  keyOfBytesNow(bytes: Uint8Array, encodeVersion: string, limit: number): string | undefined {
    if (bytes.length > limit) return undefined;
    this.#writeRaw(bytes, encodeVersion);
    return sha256Hex(writer.written);
  }

  #write(input: unknown): () => Payload {
    this.#start();
    const copy = writeCanonicalInput(writer, input);
    this.#checkSize();
    return copy;
  }

  #writeRaw(bytes: Uint8Array, encodeVersion: string): void {
    this.#start();
    writeRawInput(writer, bytes, encodeVersion);
    this.#checkSize();
  }

  #start(): void {
    writer.reset();
    writer.bytes(this.#prefix);
  }

  #checkSize(): void {
    const size = writer.length - this.#prefix.length;
    if (size <= this.#maxInputSize) return;
    throw new PredcacheError({
      code: 'INPUT_TOO_LARGE',
      what: `The input has ${size} bytes`,
      where: `option maxInputSize, ${this.#maxInputSize} bytes`,
      hint: 'Send smaller inputs, or raise maxInputSize',
      details: { size, maxInputSize: this.#maxInputSize },
    });
  }
}

// One buffer for all keyers: every use of it ends before its function returns.
const writer = new ByteWriter();
