import type { PredcacheError } from '@predcache/core';
import type { EngineCallOptions, EngineCalls } from '../page/engineCalls.js';
import type { Methods } from '../session/methods.js';
import { disposed } from '../transport/workerErrors.js';
import { HostedCalls } from './hostedCalls.js';
import { Membership } from './membership.js';
import { namesOf } from './names.js';
import { watchPageAbsence } from './pageAbsence.js';
import { globalSurroundings, type Surroundings } from './surroundings.js';
import { WaitingCall } from './waitingCall.js';

export interface SharedCallsOptions {
  /** What `sharingName` gives: tabs with the same one share. */
  readonly name: string;
  /**
   * Makes what answers calls in this tab. Called when this tab leads, and where nothing can be shared.
   *
   * @param onGone to be called when a model is not loaded any longer
   */
  readonly createLocal: (onGone: (identity: string) => void) => EngineCalls;
  /**
   * A model is not loaded any more where calls are answered; without one, others answer from now on, who may have none.
   */
  readonly onGone?: ((identity?: string) => void) | undefined;
  /** ms between questions for a sign of life, while a call waits for another tab. @default 1_000 */
  readonly interval?: number | undefined;
  /** Questions without an answer after which this tab takes over. @default 5 */
  readonly patience?: number | undefined;
}

/**
 * Calls that one tab of the origin answers for all: whichever holds a Web Lock. When it closes, crashes, is left or
 * frozen, or answers nothing any more, the next one takes over, and what still waits is sent there again. Where there are
 * no locks or channels, each tab answers its own. A tab takes part from its first call on.
 */
export class SharedCalls implements EngineCalls {
  readonly #options: SharedCallsOptions;
  readonly #surroundings: Surroundings;
  /** Those that wait for another tab, or for knowing which. */
  readonly #waiting = new Map<string, WaitingCall>();
  readonly #stopWatching: () => void;
  #membership: Membership | undefined;
  /** Present while this tab leads, or shares nothing. */
  #hosted: { readonly tab: string; readonly calls: HostedCalls } | undefined;
  /** Still answering calls of this tab, which does not lead any more. */
  readonly #retired = new Set<HostedCalls>();
  #calledSoFar = 0;
  #isAlone = false;
  #isAway = false;
  #isDisposed = false;

  constructor(options: SharedCallsOptions, surroundings: Surroundings = globalSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#stopWatching = watchPageAbsence({ onAway: () => this.#leave(), onBack: () => this.#return() });
  }

  call<Method extends keyof Methods>(
    method: Method,
    argument: Methods[Method]['argument'],
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    if (this.#isDisposed) return Promise.reject(disposed());
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    this.#join();
    if (this.#hosted !== undefined)
      return this.#hosted.calls.call(this.#hosted.tab, method, argument, options);
    const call = new WaitingCall(String(++this.#calledSoFar), method, argument, options, (isAborted) => {
      this.#waiting.delete(call.id);
      this.#membership?.forget(call.id, isAborted);
    });
    this.#waiting.set(call.id, call);
    this.#membership?.send(call);
    return call.promise as Promise<Methods[Method]['result']>;
  }

  /** Of the tab that answers, other tabs do not know it. */
  get failure(): PredcacheError | undefined {
    return this.#hosted?.calls.failure;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#stopWatching();
    for (const call of [...this.#waiting.values()]) call.fail(disposed());
    // The other tabs hear nothing of it but that another one leads.
    this.#membership?.end();
    this.#membership = undefined;
    this.#hosted?.calls.dispose();
    for (const calls of this.#retired) calls.dispose();
  }

  #join(): void {
    if (this.#membership !== undefined || this.#isAlone || this.#isAway) return;
    const { name, interval = 1_000, patience = 5, onGone = () => {} } = this.#options;
    try {
      const { locks } = this.#surroundings;
      if (locks === undefined) throw new Error('There are no Web Locks here');
      this.#membership = new Membership({
        surroundings: this.#surroundings,
        locks,
        names: namesOf(name),
        calls: this.#waiting,
        interval,
        patience,
        onLeading: (tab) => this.#host(tab),
        onDeposed: () => this.#end(),
        onRefused: () => this.#beAlone(),
        onGone,
      });
    } catch {
      // Nothing to share by, or not for this frame.
      this.#beAlone();
    }
  }

  #beAlone(): void {
    this.#isAlone = true;
    this.#membership = undefined;
    if (this.#hosted === undefined) this.#host('alone');
  }

  #host(tab: string): HostedCalls {
    const calls = new HostedCalls(this.#options.createLocal((identity) => this.#gone(calls, identity)));
    this.#hosted = { tab, calls };
    this.#options.onGone?.();
    for (const waiting of [...this.#waiting.values()]) {
      this.#waiting.delete(waiting.id);
      waiting.answerBy((method, argument, options) => calls.call(tab, method, argument, options));
    }
    return calls;
  }

  /** Of one that has retired, nobody thinks any more that it has models. */
  #gone(calls: HostedCalls, identity: string): void {
    if (this.#hosted?.calls !== calls) return;
    this.#options.onGone?.(identity);
    this.#membership?.tellGone(identity);
  }

  /** Another tab leads now, or will. What this one computes for itself it computes to its end. */
  #end(): void {
    this.#membership?.end();
    this.#membership = undefined;
    const calls = this.#hosted?.calls;
    if (calls === undefined) return;
    this.#hosted = undefined;
    this.#options.onGone?.();
    this.#retired.add(calls);
    calls.retire(() => this.#retired.delete(calls));
  }

  #leave(): void {
    this.#isAway = true;
    if (!this.#isAlone) this.#end();
  }

  #return(): void {
    this.#isAway = false;
    if (this.#waiting.size > 0) this.#join();
  }
}
