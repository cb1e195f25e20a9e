import { settledBy } from '../abortSignals.js';
import type { PredictorEvent } from '../events/events.js';
import type { Origin } from '../origin/origin.js';
import { originReadFailed, originReadTimeout } from '../origin/originReadErrors.js';
import type { Payload } from '../payload.js';
import { acceptOutputs } from './outputs.js';

/** ms after which the origin counts as out of reach, and an engine answers. */
const timeout = 10_000;

interface Batch {
  readonly keys: string[];
  readonly answers: Promise<readonly (Payload | undefined)[]>;
}

/** Asks the app's system of record, for all inputs of one moment in one call. Whatever it does, nothing here fails. */
export class OriginReader {
  readonly #read: NonNullable<Origin['read']>;
  readonly #report: (event: PredictorEvent) => void;
  readonly #disposal: AbortSignal;
  #batch: Batch | undefined;

  constructor(
    read: NonNullable<Origin['read']>,
    report: (event: PredictorEvent) => void,
    disposal: AbortSignal,
  ) {
    this.#read = read;
    this.#report = report;
    this.#disposal = disposal;
  }

  /** `undefined` where the origin knows nothing, or fails. Rejects with the signal's reason when that aborts. */
  async read(key: string, signal: AbortSignal): Promise<Payload | undefined> {
    this.#batch ??= this.#begin();
    const at = this.#batch.keys.push(key) - 1;
    const answers = await settledBy(this.#batch.answers, signal);
    return answers[at];
  }

  #begin(): Batch {
    const keys: string[] = [];
    const answers = Promise.resolve().then(() => {
      this.#batch = undefined;
      return this.#ask(keys);
    });
    return { keys, answers };
  }

  async #ask(keys: readonly string[]): Promise<readonly (Payload | undefined)[]> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(originReadTimeout(timeout)), timeout);
    try {
      const reading = settledBy(Promise.resolve(this.#read(keys, { signal: end.signal })), end.signal);
      const answers = await settledBy(reading, this.#disposal);
      return keys.map((_, at) => (answers[at] === undefined ? undefined : acceptOutputs(answers[at])));
    } catch (error) {
      if (!this.#disposal.aborted)
        this.#report({
          type: 'origin-error',
          operation: 'read',
          error: originReadFailed(error),
        });
      return [];
    } finally {
      clearTimeout(timer);
    }
  }
}
