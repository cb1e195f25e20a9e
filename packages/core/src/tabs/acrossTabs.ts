import type { Selector } from '../tiers/selector.js';
export class AcrossTabs {
  static isSupported(): boolean {
    return false;
  }
  constructor(_options: { name: string; onInvalidated: (selector: Selector) => void }) {}
  computeOnce<Result>(
    _key: string,
    _options: {
      signal: AbortSignal;
      lookAgain: () => Promise<Result | undefined>;
      compute: (signal: AbortSignal) => Promise<{ value: Result; settled: Promise<unknown> }>;
    },
  ): Promise<{ value: Result; isShared: boolean }> {
    throw new Error('x');
  }
  invalidated(_selector: Selector): void {}
  close(): void {}
}
