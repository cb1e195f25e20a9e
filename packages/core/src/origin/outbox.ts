import { firstOf, settledBy } from '../abortSignals.js';
import { now } from '../clock.js';
import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import { Listeners } from '../events/listeners.js';
import { Admission } from './admission.js';
import { alone } from './alone.js';
import { Delivery } from './delivery.js';
import type { OutboxEvent, OutboxListener, OutboxStats } from './outboxEvents.js';
import { type OutboxOptions, type OutboxSettings, toOutboxSettings } from './outboxOptions.js';
import type { OutboxUsage } from './outboxStore.js';
import { retryPause } from './retryPause.js';
import { WakeUp } from './wakeUp.js';
import { listenForWakeUps } from './wakeUpCalls.js';
import { encodeWrite } from './writeRecord.js';

export interface FlushResult {
  /** Writes that were delivered meanwhile. */
  readonly delivered: number;
  /** Writes that still wait, those put meanwhile included. */
  readonly left: number;
  /** Why not all could be delivered. Absent when they were, or when another tab was at it all the time. */
  readonly error?: PredcacheError | undefined;
}

/**
 * Keeps writes until the app's origin has them: each at least once, those of one key in the order in which they were
 * put, across reloads, crashes and tabs. Several writes of a key are all delivered, none stands for another: a system of
 * record wants each.
 *
 * What fails is tried again after a random pause of up to 1 s, doubling with each failure in a row up to 60 s; at once when
 * the network comes back, and when the page is hidden. One write that keeps failing holds back those of its own key only.
 * Tabs take turns by a Web Lock; where there are no Web Locks, several tabs may mix up the order.
 *
 * @example
 * const outbox = new Outbox({ store: indexedDBOutbox({ name: 'corrections' }), origin });
 * await outbox.put(entry); // durable now, delivered soon
 * const { left } = await outbox.flush();
 */
export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #listeners = new Listeners<OutboxEvent>();
  readonly #admission: Admission;
  readonly #delivery: Delivery;
  readonly #disposal = new AbortController();
  readonly #wakeUp = new WakeUp(() => this.#deliver(false));
  readonly #stopListening: () => void;
  #usage: OutboxUsage | undefined;
  /** The pass that was asked for last: they take turns. */
  #lastPass: Promise<unknown> = Promise.resolve();
  /** What is asked for while passes go on in the background. */
  #asked: { isForced: boolean } | undefined;
  #isDelivering = false;
  #storageFailures = 0;
  #pausedUntil = 0;
  /** Whether the last pass ended before it had tried all that was due. */
  #hasEndedEarly = false;
  #disposing: Promise<void> | undefined;

  /** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
  constructor(options: OutboxOptions) {
    this.#settings = toOutboxSettings(options);
    const { store, startPause } = this.#settings;
    this.#admission = new Admission(store, (usage) => {
      this.#changed(usage);
      this.#deliver(false);
    });
    this.#delivery = new Delivery({
      ...this.#settings,
      report: (event) => this.#listeners.report(event),
      onChanged: (usage) => this.#changed(usage),
    });
    const forced = () => this.#deliver(true);
    const stopWatching = store.watchForLoss?.(() => this.#listeners.report({ type: 'outbox-lost' }));
    const stopListening = listenForWakeUps({ onChance: forced, onHidden: forced });
    this.#stopListening = () => {
      stopWatching?.();
      stopListening();
    };
    // There may be something left from another session.
    this.#wakeUp.in(startPause);
  }

  /** Hears every event until the returned function is called. */
  subscribe(listener: OutboxListener): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Settles once the write is durable on this device. The entry may be changed as soon as this has been called.
   *
   * @throws {PredcacheError} `OUTBOX_FULL` when there is no room; `STORAGE_…` when the device did not take it, of which
   * the timeout alone leaves open whether the write may be delivered all the same; `DISPOSED`.
   */
  put(entry: Entry): Promise<void> {
    if (this.#disposing !== undefined) return Promise.reject(disposedError());
    try {
      return this.#admission.append(encodeWrite(entry));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Tries to deliver everything that was put by now, whatever pause there is, and settles when it is delivered or a call of
   * the origin has failed.
   *
   * @throws {PredcacheError} `STORAGE_…` when the outbox cannot be read; `DISPOSED`; the signal's reason.
   */
  async flush({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<FlushResult> {
    const before = this.#delivery.counts.delivered;
    const { signal: either, release } = firstOf(signal, this.#disposal.signal);
    try {
      await settledBy(this.#admission.idle(), either);
      await this.#pass(true, either);
      const { entries } = await settledBy(this.#settings.store.usage(), either);
      const { delivered, lastError } = this.#delivery.counts;
      return {
        delivered: delivered - before,
        left: entries,
        ...(entries > 0 && lastError !== undefined ? { error: lastError } : {}),
      };
    } finally {
      release();
      this.#sleep();
    }
  }

  /** @throws {PredcacheError} `STORAGE_…` when the outbox cannot be read. */
  async stats(): Promise<OutboxStats> {
    this.#usage = await this.#settings.store.usage();
    return this.#stats();
  }

  /** Stops delivering, once what is being put is durable. What is left stays in the store, which is closed. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #dispose(): Promise<void> {
    this.#stopListening();
    this.#wakeUp.stop();
    this.#disposal.abort(disposedError());
    await Promise.all([this.#admission.idle(), this.#lastPass]);
    await this.#settings.store.close();
    this.#listeners.clear();
  }

  /** Begins to deliver in the background, or does it once more where that is going on. */
  #deliver(isForced: boolean): void {
    if (this.#disposing !== undefined) return;
    this.#asked = { isForced: isForced || this.#asked?.isForced === true };
    if (!this.#isDelivering) void this.#deliverAll();
  }

  async #deliverAll(): Promise<void> {
    this.#isDelivering = true;
    while (this.#asked !== undefined) {
      const { isForced } = this.#asked;
      this.#asked = undefined;
      if (!isForced && now() < this.#pausedUntil) break;
      // What went wrong has been reported.
      await this.#pass(isForced, this.#disposal.signal).catch(() => {});
    }
    this.#isDelivering = false;
    this.#sleep();
  }

  /** Whether the pass came to the end; `undefined` when other tabs were at it all the time. */
  #pass(isForced: boolean, signal: AbortSignal): Promise<boolean | undefined> {
    const pass = this.#lastPass.then(() => this.#passAlone(isForced, signal));
    this.#lastPass = pass.catch(() => {});
    return settledBy(pass, signal);
  }

  async #passAlone(isForced: boolean, signal: AbortSignal): Promise<boolean | undefined> {
    const { store, timeout } = this.#settings;
    const name = store.name === undefined ? undefined : `predcache:outbox:${store.name}`;
    try {
      const done = await alone({ name, signal, patience: 2 * timeout }, () =>
        this.#delivery.pass({ isForced, signal }),
      );
      this.#storageFailures = 0;
      this.#hasEndedEarly = done?.value === false;
      if (this.#hasEndedEarly) this.#pause();
      return done?.value;
    } catch (cause) {
      this.#hasEndedEarly = true;
      if (signal.aborted) throw cause;
      this.#storageFailures++;
      this.#pause();
      const error = toPredcacheError(cause, {
        code: 'STORAGE_FAILED',
        where: 'outbox',
        hint: 'It is tried again later; what was put stays in the store',
      });
      this.#listeners.report({ type: 'outbox-error', error });
      throw error;
    }
  }

  #pause(): void {
    this.#pausedUntil = now() + retryPause(Math.max(1, this.#delivery.failuresInRow, this.#storageFailures));
  }

  /** Until there is something to try again, or to look for what other tabs have left. */
  #sleep(): void {
    if (this.#disposing !== undefined || this.#isDelivering) return;
    const next = this.#hasEndedEarly
      ? this.#pausedUntil
      : Math.max(this.#pausedUntil, this.#delivery.nextDue);
    this.#wakeUp.in(Math.min(this.#settings.interval, Math.max(0, next - now())));
  }

  #changed(usage: OutboxUsage | undefined): void {
    this.#usage = usage ?? this.#usage;
    if (!this.#listeners.isEmpty) this.#listeners.report({ type: 'outbox', ...this.#stats() });
  }

  #stats(): OutboxStats {
    const { entries: waiting = 0, bytes = 0 } = this.#usage ?? {};
    const { lastError, ...counts } = this.#delivery.counts;
    return { waiting, bytes, ...counts, ...(lastError === undefined ? {} : { lastError }) };
  }
}

function disposedError(): PredcacheError {
  return new PredcacheError({
    code: 'DISPOSED',
    what: 'The outbox was disposed of',
    where: 'outbox',
    hint: 'Make a new one: what was left is still in the store',
  });
}
