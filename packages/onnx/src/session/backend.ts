import type { OrtModule } from './runtime.js';
import { chooseThreads } from './threads.js';

/** How ONNX Runtime is made to compute in this realm. */
export interface Backend {
  /** Called once, before the runtime starts. */
  prepare(ort: OrtModule, threads: number | undefined): Promise<PreparedBackend>;
}

export interface PreparedBackend {
  /** What to build sessions for, the first that takes a node computing it. */
  readonly executionProviders: readonly string[];
  /** Threads asked for. */
  readonly threads: number;
  /** Whether an item's bits are the same whatever it is computed with. */
  readonly isExact: boolean;
  /** Computes, and says what did it. */
  compute<T>(task: () => Promise<T>): Promise<{ readonly value: T; readonly backend: string }>;
  /** Runs what must not overlap with a computation, where there is anything of the kind. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}

/** WebAssembly on the CPU, with several threads where the page is isolated. */
export const wasm: Backend = {
  async prepare(ort, wanted) {
    const threads = chooseThreads(wanted);
    ort.env.wasm.numThreads = threads;
    const backend = threads === 1 ? 'wasm' : `wasm-${threads}-threads`;
    return {
      executionProviders: ['wasm'],
      threads,
      // With one thread a prediction's bits do not depend on the machine, nor on what else is in its batch.
      isExact: threads === 1,
      compute: async (task) => ({ value: await task(), backend }),
      exclusively: (task) => task(),
    };
  },
};
