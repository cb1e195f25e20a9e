import type { Backend } from './backend.js';
import { countComputePasses } from './computePasses.js';
import { oneAtATime } from './oneAtATime.js';
import { chooseThreads } from './threads.js';
import { wasm, wasmName } from './wasm.js';

/** The GPU for what it can compute, WebAssembly for the rest, and for everything where there is no adapter. */
export const webgpu: Backend = {
  async prepare(ort, wanted) {
    if (!(await hasAdapter())) return wasm.prepare(ort, wanted);
    const threads = chooseThreads(wanted);
    ort.env.wasm.numThreads = threads;
    const exclusively = oneAtATime(ort);
    let passes: (() => number) | undefined;
    return {
      executionProviders: ['webgpu', 'wasm'],
      threads,
      isExact: false,
      compute: (task) =>
        exclusively(async () => {
          // The device exists since the first session was built.
          passes ??= countComputePasses(await ort.env.webgpu.device);
          const before = passes();
          const value = await task();
          return { value, backend: passes() > before ? 'webgpu' : wasmName(threads) };
        }),
      exclusively,
    };
  },
};

async function hasAdapter(): Promise<boolean> {
  try {
    // The DOM library of TypeScript has no WebGPU.
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
    return ((await gpu?.requestAdapter()) ?? null) !== null;
  } catch {
    return false;
  }
}
