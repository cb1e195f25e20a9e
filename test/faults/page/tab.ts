import { type BareOutcome, isMarked, mark, storeMuch } from './bareDatabase.js';
import { Load } from './load.js';
import type { Message, Outlet, Progress, Settings, Verification, VerifyOptions } from './messages.js';
import { verify } from './verify.js';
import { WorkerLoad } from './workerLoad.js';

/** What a tab offers to be told. */
export interface Faults {
  start(settings: Settings): void;
  begin(epoch: number): void;
  end(): Promise<Progress>;
  verify(options: VerifyOptions): Promise<Verification>;
  startWorker(settings: Settings): void;
  terminateWorker(delay: number): Promise<boolean>;
  endWorker(): Promise<Progress>;
  storeMuch(): Promise<BareOutcome>;
  mark(name: string): Promise<BareOutcome>;
  isMarked(name: string): Promise<boolean>;
}

declare global {
  interface Window {
    faults: Faults;
    faultsTell(message: Message): Promise<void>;
    faultsGrant(): Promise<number>;
  }
}

let load: Load | undefined;
let workerLoad: WorkerLoad | undefined;
let told: Promise<void> = Promise.resolve();

const outlet: Outlet = {
  tell: (message) => {
    if (message.type !== 'writing') told = window.faultsTell(message);
  },
  grant: () => window.faultsGrant(),
};

/** What was told arrives in order: with the last of it, all of it has. */
async function afterTelling<T>(promise: Promise<T>): Promise<T> {
  const value = await promise;
  await told;
  return value;
}

window.faults = {
  start: (settings) => {
    load = new Load(settings, outlet);
  },
  begin: (epoch) => load!.begin(epoch),
  end: () => afterTelling(load!.end()),
  verify,
  startWorker: (settings) => {
    workerLoad = new WorkerLoad(settings, outlet);
  },
  terminateWorker: (delay) => afterTelling(workerLoad!.terminate(delay)),
  endWorker: () => afterTelling(workerLoad!.end()),
  storeMuch,
  mark,
  isMarked,
};
