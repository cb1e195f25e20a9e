import type { EngineCallOptions, EngineCalls } from '../../src/page/engineCalls.js';
import type { Methods } from '../../src/session/methods.js';
import { disposed } from '../../src/transport/workerErrors.js';

export interface HeardCall {
  readonly method: keyof Methods;
  readonly argument: Methods[keyof Methods]['argument'];
  readonly options: EngineCallOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Answers calls as the test says. */
export class FakeEngine implements EngineCalls {
  readonly heard: HeardCall[] = [];
  isDisposed = false;
  /** For the test to say that a model is not loaded any more. */
  readonly onGone: (identity: string) => void;

  constructor(onGone: (identity: string) => void = () => {}) {
    this.onGone = onGone;
  }

  call<Method extends keyof Methods>(
    method: Method,
    argument: Methods[Method]['argument'],
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      this.heard.push({ method, argument, options, resolve: resolve as (result: unknown) => void, reject });
    });
  }

  dispose(): void {
    this.isDisposed = true;
    for (const { reject } of this.heard) reject(disposed());
  }
}
