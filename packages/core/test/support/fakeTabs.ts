import type { Selector } from '@predcache/core';
import { AcrossTabs, type ComputeOnceOptions } from '../../src/tabs/acrossTabs.js';
import type { FakeOrigin } from './fakeOrigin.js';

export function openTabs(origin: FakeOrigin, count: number, longestWait?: number) {
  return Array.from({ length: count }, () => {
    const tab = origin.openTab();
    const heard: Selector[] = [];
    const across = new AcrossTabs(
      { name: 'm', longestWait, onInvalidated: (selector) => heard.push(selector), onMissed: () => {} },
      tab,
    );
    return { tab, across, heard };
  });
}

/** A call with nothing special to it, but what is given. */
export function call(given: Partial<ComputeOnceOptions<string>>): ComputeOnceOptions<string> {
  return {
    signal: new AbortController().signal,
    lookAgain: () => undefined,
    accept: (value) => (typeof value === 'string' ? value : undefined),
    compute: async () => ({ value: 'computed', settled: Promise.resolve() }),
    ...given,
  };
}

/** A computation that goes on until it is told what it gives. */
export class GatedComputation {
  calls = 0;
  readonly #waiting: (() => void)[] = [];
  signal: AbortSignal | undefined;
  readonly give: (value: string, settled?: Promise<unknown>) => void;
  readonly fail: (error: unknown) => void;
  readonly compute: ComputeOnceOptions<string>['compute'];

  constructor() {
    let resolve!: (computed: { value: string; settled: Promise<unknown> }) => void;
    let reject!: (error: unknown) => void;
    const result = new Promise<{ value: string; settled: Promise<unknown> }>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    result.catch(() => {});
    this.give = (value, settled = Promise.resolve()) => resolve({ value, settled });
    this.fail = reject;
    this.compute = (signal) => {
      this.calls++;
      this.signal = signal;
      for (const go of this.#waiting.splice(0)) go();
      return result;
    };
  }

  /** Settles once it has been called. */
  called(): Promise<void> {
    if (this.calls > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
