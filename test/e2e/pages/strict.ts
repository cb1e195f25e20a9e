import { createPredictor, memory, nextTask, type Tensors } from '@predcache/core';
import { onnx } from '@predcache/onnx';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  violations.push(`page: ${violatedDirective} ${blockedURI}`);
});
const channel = new BroadcastChannel('violations');
channel.onmessage = ({ data }) => violations.push(data);

const predictor = createPredictor<Tensors, number[]>({
  model: { name: 'language-id', version: '1', url: 'language-id-small.onnx' },
  decode: (outputs) => Array.from(Object.values(outputs as Tensors)[0]!.data as Float32Array),
  tiers: [memory()],
  onDevice: onnx({
    worker: () => new Worker(new URL('./strict.worker.ts', import.meta.url), { type: 'module' }),
  }),
});

// Each begins in a task of its own: what a test's tool calls directly is exempt from the policy.
const offered = {
  violations,
  isIsolated: () => crossOriginIsolated,
  async predict(): Promise<{ source: string; output: number[] }> {
    await nextTask();
    const chars = { type: 'int32', dims: [1, 5], data: Int32Array.of(1, 2, 3, 4, 5) } as const;
    const { source, output } = await predictor.predict({ chars });
    return { source, output };
  },
  /** Shows that violations are heard: something forbidden, here and in the worker. */
  async violate(): Promise<void> {
    await nextTask();
    channel.postMessage('try');
    try {
      new Function('return 1')();
    } catch {
      // What is told counts.
    }
  },
};

export type StrictPage = typeof offered;
Object.assign(window, { strictPage: offered });
