import type { FlushResult, OutboxStats } from '@predcache/core';
import { type BareOutcome, isMarked, mark } from './bareDatabase.js';
import type { Progress } from './messages.js';
import { WriteBackLoad, type WriteBackSettings } from './writeBackLoad.js';

/** What this page offers to be told. */
export interface WriteBack {
  /** Opens the outbox. */
  open(settings: WriteBackSettings): void;
  /** Begins to put. */
  start(): void;
  flush(): Promise<FlushResult>;
  stats(): Promise<OutboxStats>;
  progress(): Progress;
  mark(name: string): Promise<BareOutcome>;
  isMarked(name: string): Promise<boolean>;
}

declare global {
  interface Window {
    writeBack: WriteBack;
  }
}

let load: WriteBackLoad | undefined;

window.writeBack = {
  open: (settings) => {
    load = new WriteBackLoad(settings, (message) => void window.faultsTell(message));
  },
  start: () => void load!.start(),
  flush: () => load!.flush(),
  stats: () => load!.stats(),
  progress: () => load!.progress(),
  mark,
  isMarked,
};
