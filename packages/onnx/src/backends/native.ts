import type { Backend } from './backend.js';
import { oneAtATime } from './oneAtATime.js';

/** onnxruntime-node: the CPU without WebAssembly, as many threads as it likes. */
export const native: Backend = {
  async prepare(ort) {
    const exclusively = oneAtATime(ort);
    return {
      executionProviders: ['cpu'],
      threads: 1,
      isExact: false,
      compute: (task) => exclusively(async () => ({ value: await task(), backend: 'cpu' })),
      exclusively,
    };
  },
};
