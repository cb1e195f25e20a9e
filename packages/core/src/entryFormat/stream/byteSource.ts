import { settledBy } from '../../abortSignals.js';
import { toPredcacheError } from '../../errors/toPredcacheError.js';
import { arrayName } from '../../tensorTypes.js';
import { ByteQueue } from './byteQueue.js';
import { corruptStream } from './streamErrors.js';

/** The bytes of a stream, in pieces of any wanted length. */
export class ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #queue = new ByteQueue();
  #isOver = false;

  /** Locks the stream until `close`. */
  constructor(stream: ReadableStream<Uint8Array>, signal: AbortSignal | undefined) {
    this.#reader = stream.getReader();
    this.#signal = signal;
  }

  /**
   * Waits until so many bytes are there, or the stream ends; returns how many are there, which may be more.
   *
   * @throws the signal's reason, or a PredcacheError where the stream fails.
   */
  async fill(length: number): Promise<number> {
    while (this.#queue.length < length && !this.#isOver) await this.#pull();
    this.#signal?.throwIfAborted();
    return this.#queue.length;
  }

  /** A view of the next bytes, which must have been waited for. Valid until the next `fill`. */
  peek(length: number): Uint8Array {
    return this.#queue.peek(length);
  }

  drop(length: number): void {
    this.#queue.drop(length);
  }

  /** Lets go of the stream, and cancels it unless it has ended. Not awaited: a stream may take for ever to be cancelled. */
  close(): void {
    if (!this.#isOver) void this.#reader.cancel().catch(() => undefined);
    this.#reader.releaseLock();
  }

  async #pull(): Promise<void> {
    const { done, value } = await this.#read();
    if (done) this.#isOver = true;
    else if (ArrayBuffer.isView(value) && arrayName(value) === 'Uint8Array') this.#queue.push(value);
    else throw corruptStream('The stream gives something else than bytes');
  }

  async #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      const reading = this.#reader.read();
      return await (this.#signal === undefined ? reading : settledBy(reading, this.#signal));
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw toPredcacheError(error, {
        code: 'STORAGE_FAILED',
        where: 'decodeEntries, reading the stream',
        hint: 'See its cause: the stream itself failed, not what it carried',
      });
    }
  }
}
