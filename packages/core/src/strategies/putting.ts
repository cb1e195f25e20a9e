import { firstOf, settledBy } from '../abortSignals.js';
import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { PredictorEvent } from '../events/events.js';
import type { Origin } from '../origin/origin.js';
import { originFailed } from '../origin/originErrors.js';
import type { Payload } from '../payload.js';
import { acceptOutputs } from '../pipeline/outputs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { entryOf, meantBy } from '../pipeline/resolver.js';
import type { PutOptions } from '../predictor.js';
import { randomId } from '../randomId.js';

/** ms that the origin may take. */
const timeout = 30_000;

export interface PuttingOptions<Input> {
  readonly pipeline: Pipeline<Input, unknown>;
  readonly origin: Origin | undefined;
  /** Where writes wait for the origin; settles once they are durable. */
  readonly outbox: { put(entry: Entry): Promise<void> } | undefined;
  readonly report: (event: PredictorEvent) => void;
}

/** Writes what the app knows to be right: to its origin and into the tiers, in the order that the strategy says. */
export class Putting<Input> {
  readonly #options: PuttingOptions<Input>;

  constructor(options: PuttingOptions<Input>) {
    this.#options = options;
  }

  /** @throws {PredcacheError} `ORIGIN_FAILED`, `OUTPUT_INVALID`, or what the outbox fails with; nothing is stored then. */
  async put(input: Input, outputs: Payload, { tags, write, signal }: PutOptions): Promise<void> {
    const { pipeline, outbox } = this.#options;
    signal?.throwIfAborted();
    const accepted = acceptOutputs(outputs);
    const request = await pipeline.requestOf(input, { tags, write });
    const { edition, key, rules } = request;
    const entry = entryOf(request, accepted, rules.tags, {
      cost: edition.cost.mean ?? 0,
      computedBy: 'app',
      backend: 'app',
    });
    if (rules.write === 'back') {
      if (outbox === undefined) throw noOutbox();
      await outbox.put(entry);
    } else await this.#writeToOrigin(entry, signal);
    // First, so that nothing that was computed before takes its place, here or in another tab; memory has it at once.
    const stored = pipeline.invalidate(
      { keys: [key] },
      {
        entry,
        store: () =>
          edition.tiers.store(entry, { marks: edition.tiers.marks(), isMeant: meantBy(rules.write) }),
      },
    );
    if (rules.write === 'back') stored.catch(() => {});
    else await stored;
  }

  /** The origin is first: what it does not take must not answer. */
  async #writeToOrigin(entry: Entry, signal: AbortSignal | undefined): Promise<void> {
    const { origin, report } = this.#options;
    if (origin === undefined) return;
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(originFailed('write', `It took longer than ${timeout} ms`)),
      timeout,
    );
    const { signal: end, release } = firstOf(limit.signal, signal);
    try {
      const writes = [{ idempotencyKey: randomId(), entry }];
      await settledBy(Promise.resolve(origin.write(writes, { signal: end })), end);
    } catch (cause) {
      signal?.throwIfAborted();
      const error = originFailed('write', 'It failed', cause);
      report({ type: 'origin-error', operation: 'write', error });
      throw error;
    } finally {
      clearTimeout(timer);
      release();
    }
  }
}

function noOutbox(): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: "write is 'back', and there is no outbox for what waits for the origin",
    where: 'option outbox',
    hint: 'Pass origin and outbox, for instance indexedDBOutbox()',
  });
}
