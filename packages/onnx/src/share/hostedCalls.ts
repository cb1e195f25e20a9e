import type { PredcacheError } from '@predcache/core';
import type { EngineCallOptions, EngineCalls } from '../page/engineCalls.js';
import type { Methods, SessionSettings } from '../session/methods.js';
import { ModelUsers } from './modelUsers.js';

/** The calls that this tab answers itself, its own and those of other tabs. */
export class HostedCalls {
  readonly #calls: EngineCalls;
  readonly #users = new ModelUsers();
  /** The same in all calls: tabs share by them. */
  #settings: SessionSettings | undefined;
  #running = 0;
  #onEnded: (() => void) | undefined;

  constructor(calls: EngineCalls) {
    this.#calls = calls;
  }

  async call<Method extends keyof Methods>(
    tab: string,
    method: Method,
    argument: Methods[Method]['argument'],
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    this.#settings = argument.settings;
    // Another tab may be just about to run it.
    if (method === 'unload') {
      if (!this.#users.leaves(tab, argument.model)) return undefined as Methods[Method]['result'];
    } else this.#users.uses(tab, argument.model);
    this.#running += 1;
    try {
      return await this.#calls.call(method, argument, options);
    } finally {
      this.#running -= 1;
      this.#endWhenIdle();
    }
  }

  get failure(): PredcacheError | undefined {
    return this.#calls.failure;
  }

  /** The tab uses nothing any longer. */
  gone(tab: string): void {
    const settings = this.#settings;
    if (settings === undefined || this.#onEnded !== undefined) return;
    for (const model of this.#users.gone(tab)) {
      // Nobody waits for it; where it fails, the model stays until the worker ends.
      this.#calls.call('unload', { model, settings }, {}).catch(() => {});
    }
  }

  /** Takes no new calls, and ends when those are answered that it has. */
  retire(onEnded: () => void): void {
    this.#onEnded = onEnded;
    this.#endWhenIdle();
  }

  dispose(): void {
    this.#calls.dispose();
  }

  #endWhenIdle(): void {
    if (this.#onEnded === undefined || this.#running > 0) return;
    this.#calls.dispose();
    this.#onEnded();
  }
}
