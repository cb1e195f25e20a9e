import { createPredictor, memory, type Tensors } from '@predcache/core';
import { onnx } from '@predcache/onnx';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  violations.push(`page: ${violatedDirective} ${blockedURI}`);
});
new BroadcastChannel('violations').onmessage = ({ data }) => violations.push(data);

const predictor = createPredictor<Tensors, number[]>({
  model: { name: 'language-id', version: '1', url: 'language-id-small.onnx' },
  decode: (outputs) => Array.from(Object.values(outputs as Tensors)[0]!.data as Float32Array),
  tiers: [memory()],
  onDevice: onnx({ worker: () => new Worker(new URL('./strict.worker.ts', import.meta.url), { type: 'module' }) }),
});

const offered = {
  violations,
  isIsolated: () => crossOriginIsolated,
  async predict(): Promise<{ source: string; output: number[] }> {
    const chars = { type: 'int32', dims: [1, 5], data: Int32Array.of(1, 2, 3, 4, 5) } as const;
    const { source, output } = await predictor.predict({ chars });
    return { source, output };
  },
  /** A thing that the policy forbids, in the page and in a worker: shows that violations are heard. */
  tryEval(): boolean {
    try {
      return globalThis.eval('true');
    } catch {
      return false;
    }
  },
};

export type StrictPage = typeof offered;
Object.assign(window, { strictPage: offered });
