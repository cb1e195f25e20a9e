import { firstOf } from '../abortSignals.js';
import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { PredictorEvent } from '../events/events.js';
import { callOrigin } from '../origin/callOrigin.js';
import type { Origin } from '../origin/origin.js';
import type { Outbox } from '../origin/outbox.js';
import type { Payload } from '../payload.js';
import { acceptOutputs } from '../pipeline/outputs.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { entryByApp, meantBy } from '../pipeline/resolver.js';
import type { PutOptions } from '../predictor.js';
import { randomId } from '../randomId.js';

/** ms that the origin may take. */
const timeout = 30_000;

export interface PuttingOptions<Input> {
  readonly pipeline: Pipeline<Input, unknown>;
  readonly origin: Origin | undefined;
  /** Where writes wait for the origin; settles once they are durable. */
  readonly outbox: Outbox | undefined;
  readonly report: (event: PredictorEvent) => void;
}

/** Writes what the app knows to be right: to its origin and into the tiers, in the order that the strategy says. */
export class Putting<Input> {
  readonly #options: PuttingOptions<Input>;
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: PuttingOptions<Input>) {
    this.#options = options;
  }

  /** @throws {PredcacheError} `ORIGIN_…`, `OUTPUT_INVALID`, or what the outbox fails with; nothing is stored then. */
  async put(input: Input, outputs: Payload, { tags, write, signal }: PutOptions): Promise<void> {
    const { pipeline, outbox } = this.#options;
    signal?.throwIfAborted();
    const accepted = acceptOutputs(outputs);
    const invalidations = pipeline.watchInvalidations();
    try {
      const request = await pipeline.requestOf(input, { tags, write });
      const { edition, key, rules } = request;
      const entry = entryByApp(request, accepted, rules.tags);
      const store = async () => {
        // Whoever invalidated it meanwhile wants to have it asked for again.
        if (invalidations.isRevoked(entry) || edition !== pipeline.edition) return;
        const marks = edition.tiers.marks();
        await edition.tiers.store(entry, { marks, isMeant: meantBy(rules.write) });
      };
      await this.#inTurn(key, async () => {
        if (rules.write !== 'back') await this.#writeToOrigin(entry, signal);
        else if (outbox === undefined) throw noOutbox();
        else await outbox.put(entry);
        // First, so that nothing that was computed before takes its place, here or in another tab; memory has it at once.
        const stored = pipeline.invalidate({ keys: [key] }, { entry, store });
        if (rules.write === 'back') stored.catch(() => {});
        else await stored;
      });
    } finally {
      invalidations.end();
    }
  }

  /** One input's puts go one after another, so that the last one is the last one everywhere. */
  async #inTurn(key: string, put: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(put);
    const settled = turn.catch(() => {});
    this.#turns.set(key, settled);
    try {
      await turn;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }

  /** The origin is first: what it does not take must not answer. */
  async #writeToOrigin(entry: Entry, signal: AbortSignal | undefined): Promise<void> {
    const { origin, pipeline, report } = this.#options;
    if (origin === undefined) return;
    const { signal: end, release } = firstOf(pipeline.disposal, signal);
    try {
      const writes = [{ idempotencyKey: randomId(), entry }];
      const outcome = await callOrigin(writes, { origin, timeout, signal: end });
      if (outcome.kind === 'taken') return;
      report({ type: 'origin-error', operation: 'write', error: outcome.error });
      throw outcome.error;
    } finally {
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
