import type { LoadProgress, Priority } from '@predcache/core';
import { callListener } from '../callListener.js';
import type { EngineCallOptions } from '../page/engineCalls.js';
import type { Methods } from '../session/methods.js';
import type { PooledModel } from './pooledModel.js';
import type { PoolWorker } from './poolWorker.js';

/** What goes to one worker; `unload` concerns all of them. */
export type PooledMethod = Exclude<keyof Methods, 'unload'>;

export interface PooledCallInit {
  readonly method: PooledMethod;
  readonly argument: Methods[PooledMethod]['argument'];
  readonly model: PooledModel;
  readonly options: EngineCallOptions;
}

/** One call from when it comes until it is settled, over all the workers that it may take. */
export class PooledCall {
  readonly method: PooledMethod;
  readonly argument: Methods[PooledMethod]['argument'];
  readonly model: PooledModel;
  readonly priority: Priority;
  readonly transfer: readonly Transferable[] | undefined;
  readonly onProgress: ((progress: LoadProgress) => void) | undefined;
  readonly result: Promise<unknown>;
  /** Present while a worker has it. */
  posted: { readonly worker: PoolWorker; readonly cancel: () => void } | undefined;
  /** Workers that died while they were computing it. */
  deaths = 0;
  readonly #signal: AbortSignal | undefined;
  readonly #onBegun: (() => void) | undefined;
  #resolve: (value: unknown) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #onAbort: (() => void) | undefined;
  #hasBegun = false;
  #isSettled = false;

  constructor({ method, argument, model, options }: PooledCallInit) {
    this.method = method;
    this.argument = argument;
    this.model = model;
    this.priority = options.priority ?? 'user';
    this.transfer =
      options.transfer !== undefined && options.transfer.length > 0 ? options.transfer : undefined;
    this.onProgress = options.onProgress;
    this.#signal = options.signal;
    this.#onBegun = options.onBegun;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether it can be posted to another worker: what has moved to one is gone with it. */
  get canBePostedAgain(): boolean {
    return !this.#hasBegun || this.transfer === undefined;
  }

  /** Rejects with the signal's reason when that aborts, and calls `onAbort` then. */
  heedAbort(onAbort: () => void): void {
    if (this.#signal === undefined) return;
    this.#onAbort = () => {
      this.reject(this.#signal?.reason);
      onAbort();
    };
    this.#signal.addEventListener('abort', this.#onAbort);
  }

  /** It has been posted to a worker that has the model. */
  begun(isToBeTold: boolean): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (isToBeTold && this.#onBegun !== undefined) callListener(this.#onBegun, undefined);
  }

  resolve(value: unknown): void {
    if (this.#settle()) this.#resolve(value);
  }

  reject(reason: unknown): void {
    if (this.#settle()) this.#reject(reason);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}
