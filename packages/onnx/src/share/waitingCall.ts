import type { LoadProgress } from '@predcache/core';
import { callListener } from '../callListener.js';
import type { EngineCallOptions, EngineCalls } from '../page/engineCalls.js';
import type { Methods } from '../session/methods.js';

export type Argument = Methods[keyof Methods]['argument'];
export type Result = Methods[keyof Methods]['result'];

/** A call made while another tab leads, or none is known to. It may be given to several leaders, and settles once. */
export class WaitingCall {
  readonly id: string;
  readonly method: keyof Methods;
  readonly argument: Argument;
  readonly options: EngineCallOptions;
  readonly promise: Promise<Result>;
  #resolve!: (result: Result) => void;
  #reject!: (reason: unknown) => void;
  readonly #onSettled: (isAborted: boolean) => void;
  #isSettled = false;
  #hasBegun = false;
  #ratio = 0;

  constructor(
    id: string,
    method: keyof Methods,
    argument: Argument,
    options: EngineCallOptions,
    onSettled: (isAborted: boolean) => void,
  ) {
    this.id = id;
    this.method = method;
    this.argument = argument;
    this.options = options;
    this.#onSettled = onSettled;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.signal?.addEventListener('abort', this.#abort);
  }

  /** Has it answered in this tab. */
  answerBy(call: EngineCalls['call']): void {
    const { onProgress } = this.options;
    call(this.method, this.argument, {
      ...this.options,
      onBegun: () => this.begun(),
      onProgress: onProgress === undefined ? undefined : (progress) => this.progress(progress),
    }).then(
      (result) => this.succeed(result),
      (reason) => this.fail(reason),
    );
  }

  succeed(result: Result): void {
    if (this.#settle(false)) this.#resolve(result);
  }

  fail(reason: unknown): void {
    if (this.#settle(false)) this.#reject(reason);
  }

  /** Of several leaders that begin with it, the app hears of the first. */
  begun(): void {
    if (this.#isSettled || this.#hasBegun) return;
    this.#hasBegun = true;
    callListener(this.options.onBegun, undefined);
  }

  /** Where a new leader loads the model again, it stands still until that has come as far as the one before. */
  progress(progress: LoadProgress): void {
    if (this.#isSettled || progress.ratio < this.#ratio) return;
    this.#ratio = progress.ratio;
    callListener(this.options.onProgress, progress);
  }

  readonly #abort = () => {
    if (this.#settle(true)) this.#reject(this.options.signal?.reason);
  };

  #settle(isAborted: boolean): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.options.signal?.removeEventListener('abort', this.#abort);
    this.#onSettled(isAborted);
    return true;
  }
}
