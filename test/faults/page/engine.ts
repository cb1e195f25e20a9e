import { randomNumbers } from '../../bench/support/randomNumbers.js';
import {
  type EngineFault,
  type EngineProgress,
  type EngineSettings,
  EngineSubject,
} from './engineSubject.js';

/** What this page offers to be told. */
export interface EngineFaults {
  /** Settles when what is right is known, and the load has begun. */
  start(settings: EngineSettings & { readonly seed: number }): Promise<void>;
  cause(fault: EngineFault): void;
  progress(): EngineProgress;
  /** Settles in any case: when all is done, or what is not has been given up. */
  end(): Promise<EngineProgress>;
}

declare global {
  interface Window {
    engineFaults: EngineFaults;
  }
}

const predictionsAtOnce = 12;
let subject: EngineSubject | undefined;
let loops: readonly Promise<void>[] = [];
let isEnding = false;

async function loop(predicting: EngineSubject, random: () => number): Promise<void> {
  while (!isEnding) {
    await predicting.predict(random);
    // Lest calls that reject at once keep the page from everything else.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

window.engineFaults = {
  start: async ({ seed, ...settings }) => {
    subject = new EngineSubject(settings);
    await subject.prepare();
    const random = randomNumbers(seed);
    loops = Array.from({ length: predictionsAtOnce }, () => loop(subject!, random));
  },
  cause: (fault) => subject!.cause(fault),
  progress: () => subject!.progress(),
  end: async () => {
    isEnding = true;
    await Promise.race([Promise.all(loops), subject!.givenUp()]);
    await subject!.dispose();
    return subject!.progress();
  },
};
