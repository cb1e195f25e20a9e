import type { Backend } from './backend.js';
import { oneAtATime } from './oneAtATime.js';
import { chooseThreads } from './threads.js';

/** WebAssembly on the CPU, with several threads where the page is isolated. */
export const wasm: Backend = {
  async prepare(ort, wanted) {
    const threads = chooseThreads(wanted);
    ort.env.wasm.numThreads = threads;
    const exclusively = oneAtATime(ort);
    const backend = wasmName(threads);
    return {
      executionProviders: ['wasm'],
      threads,
      // With one thread a prediction's bits do not depend on the machine, nor on what else is in its batch.
      isExact: threads === 1,
      compute: (task) => exclusively(async () => ({ value: await task(), backend })),
      exclusively,
    };
  },
};

/** Several threads add up in another order than one. */
export function wasmName(threads: number): string {
  return threads === 1 ? 'wasm' : `wasm-${threads}-threads`;
}
